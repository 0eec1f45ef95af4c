import { readFileSync } from "node:fs";
import { join } from "node:path";
import { InjectionPlan } from "../injector/injection-plan";
import { Injector } from "../injector/injector";
import { type Question } from "../injector/question";
import { hostAddress } from "../network";
import { type Scene } from "../scene";

/** The share of the agents' questions that fail. */
const SHARE = 0.05;

const LAUNCHER = "/usr/local/lib/redis-replica-launcher.py";

/** Makes questions of the agents on machines fail, drawn by a seed. */
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
    // On an instance the reply to SHUTDOWN cannot be lost: the connection ends with the process.
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

  /** Routes the questions of a machine's agent through the injector, also after a replacement. */
  async reroute(place: number): Promise<void> {
    const agent = `#!/bin/sh\nexec python3 -IS ${LAUNCHER} ${hostAddress}:${this.injector.port} "$@"\n`;
    const launcher = readFileSync(join(__dirname, "../injector/launcher.py"), "utf8");
    await this.scene.run(place, ["sh", "-c", `cat >${LAUNCHER}`], launcher);
    const replace = "cat >$1.new && chmod 0755 $1.new && mv $1.new $1";
    await this.scene.run(place, ["sh", "-c", replace, "sh", "/usr/local/bin/redis-replica"], agent);
  }

  /** The number of questions and failures since the last call. */
  count(): string {
    const { asked, failed } = this;
    [this.asked, this.failed] = [0, 0];
    return `${failed} of ${asked} questions failed`;
  }

  close(): Promise<void> {
    return this.injector.close();
  }
}
