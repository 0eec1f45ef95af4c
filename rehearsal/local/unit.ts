import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Outcome } from "./agent";
import { type Server } from "./server";

/** Runs a command of the agent. */
interface Runner {
  run(argv: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Outcome>;
}

/** The timing of a unit. */
export interface Pace {
  /** Milliseconds until the unit is restarted. */
  readonly restart: number;
  /** Called when `prepare` has delayed a start. */
  readonly delayed: () => Promise<void>;
  /** How many starts in a row may be delayed. */
  readonly tries: number;
}

/** Milliseconds that Redis has to end after SIGTERM. */
const termination = 20_000;

/** Runs redis-replica.service as systemd does: prepare, Redis, stop, stopped, restart. */
export class Unit {
  /** The results of all commands since the last `forget`. */
  readonly outcomes: Outcome[] = [];
  private wanted = false;
  private lost = false;
  private supervising: Promise<void> = Promise.resolve();
  private starting: Promise<void> = Promise.resolve();

  constructor(
    private readonly root: string,
    private readonly agent: Runner,
    readonly server: Server,
    private readonly pace: Pace,
  ) {}

  /** Resolves when Redis runs for the first time, or is not started. */
  async start(): Promise<void> {
    if (this.wanted) return this.starting;
    this.wanted = true;
    this.starting = new Promise((resolve) => {
      this.supervising = this.supervise(resolve).finally(() => {
        this.wanted = false;
        resolve();
      });
    });
    return this.starting;
  }

  async stop(): Promise<void> {
    this.wanted = false;
    const { pid } = this.server;
    await this.run(["stop"], { MAINPID: String(pid) });
    if (this.server.pid === pid && pid) {
      const timer = setTimeout(() => void this.server.end("SIGKILL"), termination);
      await this.server.end("SIGTERM");
      clearTimeout(timer);
    }
    await this.supervising;
  }

  /** Simulates the loss of the machine: Redis is killed, and no command of the agent runs afterwards. */
  async lose(): Promise<void> {
    this.lost = true;
    this.wanted = false;
    await this.server.end("SIGKILL");
    await this.supervising;
    this.lost = false;
  }

  /** Kills Redis. systemd would restart it; here the caller has to. */
  async crash(): Promise<void> {
    this.wanted = false;
    await this.server.end("SIGKILL");
    await this.supervising;
  }

  private async supervise(started: () => void): Promise<void> {
    for (let put = 0; this.wanted && put < this.pace.tries && !this.refused;) {
      const { code } = await this.run(["prepare"]);
      if (code === 0 && this.wanted) {
        this.server.spawn(join(this.root, "run/redis-replica/redis.conf"));
        started();
        const { result, status } = await this.server.exited;
        if (this.lost) return;
        await this.run(["stopped", result], { EXIT_STATUS: status });
        put = 0;
      } else {
        put++;
        await this.pace.delayed();
      }
      await sleep(this.pace.restart);
    }
  }

  private get refused(): boolean {
    return existsSync(join(this.root, "run/redis-replica/refused"));
  }

  private async run(
    argv: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ): Promise<Outcome> {
    const outcome = await this.agent.run(argv, environment);
    this.outcomes.push(outcome);
    return outcome;
  }
}
