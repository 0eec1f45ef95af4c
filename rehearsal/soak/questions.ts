import { readFileSync } from "node:fs";
import { join } from "node:path";
import { InjectionPlan } from "../injector/injection-plan";
import { Injector } from "../injector/injector";
import { type Question } from "../injector/question";
import { hostAddress } from "../network";
import { type Scene } from "../scene";

/** Of the questions that agents ask, so many fail. */
const SHARE = 0.05;

const LAUNCHER = "/usr/local/lib/redis-replica-launcher.py";

/** Makes questions fail that agents on machines ask, by a seed. */
export class Questions {
  /** Whether questions fail now. */
  failing = false;
  private asked = 0;
  private failed = 0;

  private constructor(
    private readonly injector: Injector,
    private readonly scene: Scene,
  ) {}

  static async open(scene: Scene, seed: number): Promise<Questions> {
    const drawn = InjectionPlan.of({ random: { share: SHARE, seed } });
    // On an instance the answer to SHUTDOWN is the end of the process, and so of the connection: it cannot get lost.
    const isShutdown = ({ command }: Question): boolean => command[0]?.toUpperCase() === "SHUTDOWN";
    const plan = {
      for: (question: Question) => (isShutdown(question) ? undefined : drawn.for(question)),
    };
    const injector = await Injector.start({
      host: hostAddress,
      plan: () => (questions.failing ? plan : InjectionPlan.none),
      onQuestion: ({ injection }) => {
        questions.asked++;
        if (injection) questions.failed++;
      },
    });
    const questions = new Questions(injector, scene);
    return questions;
  }

  /** From now on, the agent of a machine asks through the injector, also after a replacement. */
  async reroute(place: number): Promise<void> {
    const agent = `#!/bin/sh\nexec python3 -IS ${LAUNCHER} ${hostAddress}:${this.injector.port} "$@"\n`;
    const launcher = readFileSync(join(__dirname, "../injector/launcher.py"), "utf8");
    await this.scene.run(place, ["sh", "-c", `cat >${LAUNCHER}`], launcher);
    const replace = "cat >$1.new && chmod 0755 $1.new && mv $1.new $1";
    await this.scene.run(place, ["sh", "-c", replace, "sh", "/usr/local/bin/redis-replica"], agent);
  }

  /** What has happened since the last time this was asked for. */
  count(): string {
    const { asked, failed } = this;
    [this.asked, this.failed] = [0, 0];
    return `${failed} of ${asked} questions failed`;
  }

  close(): Promise<void> {
    return this.injector.close();
  }
}
