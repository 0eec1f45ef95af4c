import { connect, type Socket } from "node:net";
import { type RedisNode } from "./redis-node";
import { until } from "./wait";

/** The `redis-cli` of a play connects from here; what the agents ask comes from other addresses. */
const own = "10.0.0.1";

export interface StallOptions {
  /** The server that stalls. */
  readonly node: RedisNode;
  /** How long it answers nothing. */
  readonly seconds: number;
  /** The first word of the commands that start the stall, such as `cluster`. */
  readonly asked: readonly string[];
  /** The servers that are asked. @default - the one that stalls */
  readonly by?: readonly RedisNode[];
  /** The address that asks. @default - any but the play's own */
  readonly from?: string;
}

/** Makes a server stall by DEBUG SLEEP directly after an agent has asked one of some servers its first question. */
export class Stall {
  private start = 0;

  private constructor(
    private readonly options: StallOptions,
    private readonly sockets: readonly Socket[],
  ) {}

  /** Resolves when every server is watched. */
  static async arm(options: StallOptions): Promise<Stall> {
    const { node, seconds, asked, by = [node], from } = options;
    const sleeper = await open(node);
    const monitors = await Promise.all(by.map(open));
    const stall = new Stall(options, [sleeper, ...monitors]);
    const wanted = new RegExp(`"(${asked.join("|")})"`, "i");
    await Promise.all(
      monitors.map(async (monitor) => {
        let rest = "";
        let watched = false;
        monitor.on("data", (data) => {
          const lines = (rest + data.toString("latin1")).split("\r\n");
          rest = lines.pop() ?? "";
          for (const line of lines) {
            watched ||= line === "+OK";
            // Such as: +1339518083.107412 [0 127.0.0.1:60866] "cluster" "nodes"
            const [, client = "", command = ""] = /^\+[\d.]+ \[\d+ ([^\]]+)\] ("[^"]*")/.exec(line) ?? [];
            const address = client.replace(/:\d+$/, "");
            if (!wanted.test(command) || (from === undefined ? address === own : address !== from)) continue;
            if (stall.start > 0) continue;
            stall.start = Date.now();
            sleeper.write(`DEBUG SLEEP ${seconds}\r\n`);
          }
        });
        monitor.write("MONITOR\r\n");
        await until("MONITOR is on", { timeout: 10_000 }, () => watched);
      }),
    );
    return stall;
  }

  get begun(): boolean {
    return this.start > 0;
  }

  /** Waits until the stall has begun. */
  async begins(timeout = 60_000): Promise<void> {
    const { node, asked } = this.options;
    await until(`${node.address} stalls after ${asked.join(", ")}`, { timeout, every: 5 }, () => this.begun);
  }

  /** Waits until the server answers again. */
  async ends(): Promise<void> {
    const { node, seconds } = this.options;
    await until("the stall's time is over", { timeout: seconds * 1000 + 1000 }, () => {
      return Date.now() >= this.start + seconds * 1000;
    });
    await until(`${node.address} answers again`, { timeout: 10_000 }, () => node.answers());
    this.close();
  }

  close(): void {
    this.sockets.forEach((socket) => socket.destroy());
  }
}

async function open({ address, port }: RedisNode): Promise<Socket> {
  const socket = connect(port, address);
  // A server that is killed during its stall resets the connection, which is no failure here.
  socket.on("error", () => undefined);
  socket.setNoDelay();
  await until(`${address} accepts a connection`, { timeout: 10_000, every: 5 }, () => {
    return socket.readyState === "open";
  });
  return socket;
}
