import { join } from "node:path";
import { run } from "../run";

/** The result of a command of the agent. */
export interface Outcome {
  readonly command: string;
  readonly code: number;
  readonly log: string;
}

/** How a command is started. */
export interface Invocation {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
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
    const { command, cwd, env } = this.invocation(argv);
    const { code, stdout, stderr } = await run(command, {
      cwd,
      env: { ...env, ...environment },
      timeout: TIMEOUT,
    });
    return { command: argv.join(" "), code, log: stdout + stderr };
  }

  /** The process that runs a command. */
  invocation(argv: readonly string[]): Invocation {
    return {
      // As /usr/local/bin/redis-replica does, but without a shell, which would not end with the workplace.
      command: [this.python, "-IS", join(this.root, "usr/local/lib/redis-replica"), ...argv],
      cwd: this.root,
      env: { ...process.env, REDIS_REPLICA_ROOT: this.root, REDIS_REPLICA_IMDS: this.metadata },
    };
  }
}
