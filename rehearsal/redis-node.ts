import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type ClusterNode, parseClusterNodes } from "../cluster/cluster-nodes";
import { type Endpoint } from "../cluster/endpoint";
import { parseInfo } from "../cluster/info";
import { type Login, tlsOptions } from "../cluster/login";
import { cliLogin } from "./login";
import { must, run } from "./run";
import { type WaitOptions, until } from "./wait";

const DEFAULT_PORT = 6379;

export interface RedisNodeOptions extends Login {
  /** @default 6379 */
  readonly port?: number;
}

/** Where the server of an address listens. */
export function endpointOf(address: string, { port = DEFAULT_PORT }: RedisNodeOptions = {}): Endpoint {
  return { host: address, port };
}

/** A Redis server at an address. */
export class RedisNode {
  readonly port: number;

  constructor(
    readonly address: string,
    private readonly options: RedisNodeOptions = {},
  ) {
    this.port = endpointOf(address, options).port;
  }

  /** Runs a command with redis-cli. Throws if Redis replies with an error. */
  async cli(...args: readonly string[]): Promise<string> {
    const { options, env } = cliLogin(this.options);
    const argv = ["redis-cli", "-e", "-h", this.address, "-p", String(this.port), ...options, ...args];
    return (await must(argv, { timeout: 20_000, env })).trimEnd();
  }

  /** A section of INFO. */
  async info(section: string): Promise<Readonly<Record<string, string>>> {
    return parseInfo(await this.cli("INFO", section));
  }

  /** The cluster as this node sees it. */
  async nodes(): Promise<ClusterNode[]> {
    return parseClusterNodes(await this.cli("CLUSTER", "NODES"));
  }

  async clusterState(): Promise<string> {
    return parseInfo(await this.cli("CLUSTER", "INFO"))["cluster_state"] ?? "";
  }

  /** A checksum of all data (`DEBUG DIGEST`). Needs `enable-debug-command`. */
  async digest(): Promise<string> {
    return this.cli("DEBUG", "DIGEST");
  }

  /** Whether a server replies. A server that loads its data counts. */
  async answers(): Promise<boolean> {
    const { options, env } = cliLogin(this.options);
    const argv = ["timeout", "2", "redis-cli", "-h", this.address, "-p", String(this.port), ...options];
    return /PONG|NOAUTH|LOADING|MASTERDOWN/.test((await run([...argv, "PING"], { env })).stdout);
  }

  /** Waits until a field of INFO has this value, for example `master_link_status` = `up`. */
  async until(section: string, field: string, value: string, options: WaitOptions): Promise<void> {
    let seen: string | undefined;
    await until(
      `${this.address}: ${field}:${value}`,
      withSeen(options, () => seen),
      async () => {
        seen = (await this.info(section).catch(() => undefined))?.[field];
        return seen === value;
      },
    );
  }

  /** Opens a connection and logs in, within ten seconds. */
  async connect(): Promise<Socket> {
    const { user = "default", password, tls } = this.options;
    const place = { host: this.address, port: this.port };
    const socket = tls ? connectTls({ ...place, ...tlsOptions(tls) }) : connect(place);
    const limit = { signal: AbortSignal.timeout(10_000) };
    try {
      await once(socket, tls ? "secureConnect" : "connect", limit);
      if (password === undefined) return socket;
      socket.write(command("AUTH", user, password));
      const [reply] = (await once(socket, "data", limit)) as [Buffer];
      if (!/^\+OK/.test(reply.toString("latin1"))) throw new Error(reply.toString("latin1").trimEnd());
      return socket;
    } catch (error) {
      socket.destroy();
      throw new Error(`connecting to ${this.address}: ${String(error)}`, { cause: error });
    }
  }

  /**
   * Sets keys to random bytes, without holding all of them in memory. The keys must be in the slots of this node.
   * Otherwise the call fails with the error of Redis.
   */
  async load(keys: Iterable<string>, value: () => Buffer): Promise<number> {
    const socket = await this.connect();
    let sent = 0;
    let answered = 0;
    let failure: Error | undefined;
    let wake = (): void => undefined;
    socket.on("error", (error) => ((failure = error), wake()));
    socket.on("close", () => ((failure ??= new Error(`${this.address} closed the connection`)), wake()));
    socket.on("drain", () => wake());
    socket.on("data", (data) => {
      const text = data.toString("latin1");
      const wrong = /-[A-Z]+ [^\r]*/.exec(text);
      if (wrong) failure = new Error(`${this.address}: ${wrong[0]}`);
      answered += text.split("\n").length - 1;
      wake();
    });
    const pause = () => new Promise<void>((resolve) => (wake = resolve));
    for (const key of keys) {
      sent++;
      socket.cork();
      socket.write(`*3\r\n$3\r\nSET\r\n$${Buffer.byteLength(key)}\r\n${key}\r\n`);
      const bytes = value();
      socket.write(`$${bytes.length}\r\n`);
      socket.write(bytes);
      const room = socket.write("\r\n");
      socket.uncork();
      if (failure) break;
      if (!room) await pause();
    }
    while (!failure && answered < sent) await pause();
    socket.removeAllListeners("close").destroy();
    if (failure) throw failure;
    return sent;
  }
}

function command(...words: string[]): string {
  return [`*${words.length}`, ...words.flatMap((word) => [`$${Buffer.byteLength(word)}`, word]), ""].join(
    "\r\n",
  );
}

function withSeen(options: WaitOptions, seen: () => string | undefined): WaitOptions {
  return { ...options, evidence: async () => `last seen: ${seen()}\n${(await options.evidence?.()) ?? ""}` };
}
