import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Endpoint, showEndpoint } from "../../cluster/endpoint";
import { type Login } from "../../cluster/login";
import { Server } from "../../cluster/server";
import { freePort } from "../../rehearsal/free-port";
import { until } from "../../rehearsal/wait";

export interface LoopbackClusterOptions {
  /** @default 3 */
  readonly masters?: number;
  /** Replicas of each master. @default 0 */
  readonly replicas?: number;
  /** The server to run. @default redis-server */
  readonly program?: string;
  /** Further directives of every server, as lines. @default none */
  readonly directives?: readonly string[];
  /** How the test logs in. @default - without a password and TLS */
  readonly login?: Login;
}

const SLOTS = 16_384;

/** A server of the cluster. */
export interface Node extends Endpoint {
  readonly id: string;
  readonly server: Server;
  /** Sends a command and returns its reply. Throws the server's error. */
  readonly run: (...command: readonly string[]) => Promise<unknown>;
}

/** A real cluster on loopback: one port a server. The nodes are the masters, and then the replicas in turns. */
export class LoopbackCluster {
  readonly nodes: Node[] = [];
  private readonly processes = new Map<string, ChildProcess>();
  private readonly directory = mkdtempSync(join(tmpdir(), "cluster-"));

  private constructor(private readonly options: LoopbackClusterOptions) {}

  /** Starts the servers, and resolves when every one sees a whole cluster and every replica's link is up. */
  static async start(options: LoopbackClusterOptions = {}): Promise<LoopbackCluster> {
    const cluster = new LoopbackCluster(options);
    try {
      await cluster.create();
      return cluster;
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  get masters(): readonly Node[] {
    return this.nodes.slice(0, this.options.masters ?? 3);
  }

  get replicas(): readonly Node[] {
    return this.nodes.slice(this.options.masters ?? 3);
  }

  /** The masters, as a config has them. */
  get seeds(): readonly string[] {
    return this.masters.map(showEndpoint);
  }

  /** Starts a further server, which the first one meets, with directives of its own. */
  async add(directives: readonly string[] = []): Promise<Node> {
    const [port, bus] = [await freePort(), await freePort()];
    await this.launch(port, bus, directives);
    const endpoint = { host: "127.0.0.1", port };
    const server = new Server(endpoint, this.options.login ?? {}, 5000);
    const run = async (...command: readonly string[]): Promise<unknown> => {
      const answer = await server.ask(command);
      if (!answer.known) throw new Error(answer.reason);
      return answer.value;
    };
    await until(
      `${port} answers`,
      { timeout: 20_000, every: 20 },
      async () => (await server.ask(["PING"])).known,
    );
    const isCluster = !directives.includes("cluster-enabled no");
    const node = { ...endpoint, id: isCluster ? String(await run("CLUSTER", "MYID")) : "", server, run };
    this.nodes.push(node);
    if (!isCluster) return node;
    await run("CLUSTER", "SET-CONFIG-EPOCH", String(this.nodes.length));
    const [first] = this.nodes;
    if (first !== undefined && first !== node)
      await first.run("CLUSTER", "MEET", node.host, String(port), String(bus));
    return node;
  }

  /** Ends a server by a signal. */
  async end({ port }: Endpoint, signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
    const child = this.processes.get(String(port));
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
  }

  /** Pauses a server, or continues it: it keeps its connections and answers nothing. */
  pause({ port }: Endpoint, paused: boolean): void {
    this.processes.get(String(port))?.kill(paused ? "SIGSTOP" : "SIGCONT");
  }

  async close(): Promise<void> {
    for (const { server } of this.nodes) server.close();
    await Promise.all([...this.processes.keys()].map((port) => this.end({ host: "", port: Number(port) })));
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async create(): Promise<void> {
    const { masters = 3, replicas = 0 } = this.options;
    for (let count = 0; count < masters * (1 + replicas); count++) await this.add();
    await Promise.all(
      this.masters.map(({ run }, index) => {
        const [first, next] = [index, index + 1].map((place) => Math.floor((place * SLOTS) / masters));
        return run("CLUSTER", "ADDSLOTSRANGE", String(first), String(next! - 1));
      }),
    );
    await this.untilAll("knows every node", async ({ server }) => {
      const nodes = await server.nodes();
      return (
        nodes.known &&
        nodes.value.filter(({ flags }) => !flags.includes("handshake")).length === this.nodes.length
      );
    });
    for (const [index, replica] of this.replicas.entries()) {
      const master = this.masters[index % masters]!;
      await until(`${replica.port} follows`, { timeout: 20_000, every: 50 }, () =>
        replica.run("CLUSTER", "REPLICATE", master.id).then(
          () => true,
          () => false,
        ),
      );
    }
    await this.untilAll("sees a whole cluster", async ({ server }) => {
      const [info, replication] = [await server.clusterInfo(), await server.info("replication")];
      const nodes = await server.nodes();
      if (!info.known || !replication.known || !nodes.known) return false;
      if (nodes.value.filter(({ flags }) => flags.includes("slave")).length < this.replicas.length)
        return false;
      const link = replication.value["master_link_status"];
      return info.value["cluster_state"] === "ok" && (link === undefined || link === "up");
    });
  }

  private async untilAll(what: string, holds: (node: Node) => Promise<boolean>): Promise<void> {
    for (const node of this.nodes)
      await until(`${node.port} ${what}`, { timeout: 30_000, every: 50 }, () => holds(node));
  }

  private async launch(port: number, bus: number, directives: readonly string[]): Promise<void> {
    const directory = join(this.directory, String(port));
    mkdirSync(directory);
    const file = join(directory, "redis.conf");
    const lines = [
      ...["bind 127.0.0.1", `dir ${directory}`, "logfile redis.log", `cluster-port ${bus}`],
      ...["cluster-enabled yes", "cluster-node-timeout 2000", "repl-diskless-sync-delay 0", 'save ""'],
      ...["enable-debug-command yes", "cluster-allow-replica-migration no"],
      ...(this.options.login?.tls ? ["port 0", `tls-port ${port}`] : [`port ${port}`]),
      ...(this.options.directives ?? []),
      ...directives,
    ];
    writeFileSync(file, `${lines.join("\n")}\n`);
    const child = spawn(this.options.program ?? "redis-server", [file], { stdio: "ignore" });
    this.processes.set(String(port), child);
    await once(child, "spawn");
  }
}
