import { join } from "node:path";
import { run } from "../run";

/** The result of a command of the agent. */
export interface Outcome {
  readonly command: string;
  readonly code: number;
  readonly log: string;
}

/** Milliseconds that a command may take: `reconcile` takes at most 50 seconds, and `prepare` waits for it. */
const TIMEOUT = 180_000;

/** The agent in a directory: it reads and writes only below it, and changes no unit of the machine. */
export class Agent {
  constructor(
    private readonly root: string,
    /** The interpreter, as a path. */
    private readonly python: string,
    /** HOST:PORT of the metadata service. */
    private readonly metadata: string,
  ) {}

  /** Runs a command, as a unit does. */
  async run(argv: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const env = { ...process.env, REDIS_REPLICA_ROOT: this.root, REDIS_REPLICA_IMDS: this.metadata };
    // As /usr/local/bin/redis-replica does, but without a shell, which would not end with the workplace.
    const command = [this.python, "-IS", join(this.root, "usr/local/lib/redis-replica"), ...argv];
    const options = { cwd: this.root, env: { ...env, ...environment }, timeout: TIMEOUT };
    const { code, stdout, stderr } = await run(command, options);
    return { command: argv.join(" "), code, log: stdout + stderr };
  }
}
