import { type Socket } from "node:net";
import { hostAddress } from "./network";
import { type RedisNode } from "./redis-node";
import { until } from "./wait";

export interface StallOptions {
  /** The server that stalls. */
  readonly node: RedisNode;
  /** How long the server does not reply. */
  readonly seconds: number;
  /** The first word of the commands that start the stall, such as `cluster`. */
  readonly asked: readonly string[];
  /** The servers whose commands are watched. @default - the server that stalls */
  readonly by?: readonly RedisNode[];
  /** The address of the client. @default - any except that of this machine, which runs the faults */
  readonly from?: string;
}

export interface StallWait {
  /** The timeout, in milliseconds. @default 60000 */
  readonly timeout?: number;
  readonly evidence?: () => string | Promise<string>;
}

/** Makes a server stall by DEBUG SLEEP, directly after an agent has sent the first command to one of the servers. */
export class Stall {
  private start = 0;

  private constructor(
    private readonly options: StallOptions,
    private readonly sockets: readonly Socket[],
  ) {}

  /** Resolves when every server is watched. */
  static async arm(options: StallOptions): Promise<Stall> {
    const { node, by = [node] } = options;
    const sleeper = await open(node);
    const monitors = await Promise.all(by.map(open));
    const stall = new Stall(options, [sleeper, ...monitors]);
    await Promise.all(monitors.map((monitor) => watch(monitor, (line) => stall.heard(line, sleeper))));
    return stall;
  }

  /** Parses a line such as: +1339518083.107412 [0 127.0.0.1:60866] "cluster" "nodes" */
  private heard(line: string, sleeper: Socket): void {
    const { asked, from, seconds } = this.options;
    const [, client = "", command = ""] = /^\+[\d.]+ \[\d+ ([^\]]+)\] "([^"]*)"/.exec(line) ?? [];
    const address = client.replace(/:\d+$/, "");
    const wanted = asked.includes(command.toLowerCase());
    if (this.begun || !wanted || (from === undefined ? address === hostAddress : address !== from)) return;
    this.start = Date.now();
    sleeper.write(`DEBUG SLEEP ${seconds}\r\n`);
  }

  get begun(): boolean {
    return this.start > 0;
  }

  /** Waits until the stall has begun. `evidence` is added to the error if it does not. */
  async begins({ timeout = 60_000, evidence }: StallWait = {}): Promise<void> {
    const { node, asked } = this.options;
    const goal = `${node.address} stalls after ${asked.join(", ")}`;
    await until(goal, { timeout, every: 5, evidence }, () => this.begun);
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

/** Shows each command that a server executes; resolves when it begins. */
async function watch(socket: Socket, show: (line: string) => void): Promise<void> {
  let rest = "";
  let watched = false;
  socket.on("data", (data) => {
    const lines = (rest + data.toString("latin1")).split("\r\n");
    rest = lines.pop() ?? "";
    watched ||= lines.includes("+OK");
    lines.forEach(show);
  });
  socket.write("MONITOR\r\n");
  await until("MONITOR is on", { timeout: 10_000 }, () => watched);
}

async function open(node: RedisNode): Promise<Socket> {
  const socket = await node.connect();
  // A server that is killed during its stall resets the connection. This is expected.
  socket.on("error", () => undefined);
  return socket.setNoDelay();
}
