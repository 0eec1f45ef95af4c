import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Outcome } from "../../local/agent";

const lib = join(__dirname, "../../../templates/instance/usr/local/lib/redis-replica");

/** How far the agent's clock is ahead of the machine's, in seconds. */
export interface ClockShift {
  ahead: number;
}

export interface AgentProps {
  readonly root: string;
  /** The injector's port. */
  readonly proxy: number;
  /** HOST:PORT of the metadata service. */
  readonly metadata: string;
  readonly clock: ClockShift;
}

/** A process that runs commands of the agent, one after the other. */
export class Agent {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting: ((line: string) => void)[] = [];
  private queue: Promise<unknown> = Promise.resolve();
  private complaints = "";

  constructor(private readonly props: AgentProps) {
    const argv = ["-I", join(__dirname, "agent.py"), lib, props.root, String(props.proxy)];
    this.child = spawn("python3", argv, { env: { ...process.env, REDIS_REPLICA_IMDS: props.metadata } });
    this.child.stderr.on("data", (chunk: Buffer) => (this.complaints += chunk.toString()));
    createInterface({ input: this.child.stdout }).on("line", (line) => this.waiting.shift()?.(line));
    this.child.on("exit", () => this.waiting.splice(0).forEach((resolve) => resolve("")));
  }

  run(argv: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const outcome = this.queue.then(() => this.ask(argv, environment));
    this.queue = outcome.catch(() => undefined);
    return outcome;
  }

  close(): void {
    this.child.kill("SIGKILL");
  }

  private async ask(
    argv: readonly string[],
    environment: Readonly<Record<string, string>>,
  ): Promise<Outcome> {
    const { clock } = this.props;
    const answer = new Promise<string>((resolve) => this.waiting.push(resolve));
    this.child.stdin.write(`${JSON.stringify({ argv, environment, ahead: clock.ahead })}\n`);
    const line = await answer;
    const command = argv.join(" ");
    if (line === "") throw new Error(`the agent ended during ${command}:\n${this.complaints}`);
    const { code, log, ahead } = JSON.parse(line) as { code: number; log: string; ahead: number };
    clock.ahead = Math.max(clock.ahead, ahead);
    // Output on stderr may come from a late thread of an earlier command.
    const stderr = this.complaints;
    this.complaints = "";
    return { command, code, log: log + stderr };
  }
}
