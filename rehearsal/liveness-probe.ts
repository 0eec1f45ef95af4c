import { setTimeout as sleep } from "node:timers/promises";
import { Connection } from "../cluster/connection";
import { type Login } from "../cluster/login";
import { endpointOf } from "./redis-node";

/** Milliseconds between two probes. */
const every = 200;
/** The timeout of a probe, in milliseconds. */
const patience = 1000;
/** Milliseconds of one tick. Time is counted in ticks of this process, so its own pauses do not count as silence. */
const tick = 50;

/** Probes servers continuously and independently of each other. */
export class LivenessProbe {
  private running = true;
  private ticks = 0;
  private readonly silences: number[];
  private readonly loops: Promise<unknown>;
  private readonly clock = setInterval(() => this.ticks++, tick);

  private constructor(
    addresses: readonly string[],
    private readonly login: Login,
  ) {
    this.silences = addresses.map(() => 0);
    this.loops = Promise.all(addresses.map((address, index) => this.ask(address, index)));
  }

  static start(addresses: readonly string[], login: Login = {}): LivenessProbe {
    return new LivenessProbe(addresses, login);
  }

  /** Stops the probes. Returns the longest time between two replies of a server, in milliseconds. */
  async stop(): Promise<number> {
    this.running = false;
    await this.loops;
    clearInterval(this.clock);
    return tick * Math.max(0, ...this.silences);
  }

  private async ask(address: string, index: number): Promise<void> {
    let connection: Connection | undefined;
    let last = this.ticks;
    while (this.running) {
      connection ??= await Connection.open(endpointOf(address), this.login, patience).catch(() => undefined);
      const answered = await connection?.send(["PING"], patience).then(
        () => true,
        () => false,
      );
      this.silences[index] = Math.max(this.silences[index] ?? 0, this.ticks - last);
      if (answered) last = this.ticks;
      else {
        connection?.close();
        connection = undefined;
      }
      await sleep(every);
    }
    connection?.close();
  }
}
