import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ailmentsOf } from "../../cluster/ailments";
import { Cluster } from "../../cluster/cluster";
import { type Endpoint, showEndpoint } from "../../cluster/endpoint";
import { type Login } from "../../cluster/login";
import { statusOf } from "../../cluster/node-status";
import { Server } from "../../cluster/server";
import { BUS_OFFSET, freeClusterPort } from "../../rehearsal/free-port";
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
  /** The address of every server. @default 127.0.0.1 */
  readonly host?: string;
  /** Gives each server a loopback address of its own, and all the same port, as on machines. @default false */
  readonly ownAddresses?: boolean;
}

/** What one server has that the others have not. */
export interface NodeOptions {
  /** @default - by `ownAddresses` */
  readonly host?: string;
  /** Directives, as lines. @default none */
  readonly directives?: readonly string[];
  /** The server to run. @default - that of the cluster */
  readonly program?: string;
  /** Whether the first server meets it. @default true */
  readonly meet?: boolean;
}

const SLOTS = 16_384;

/** What makes a server end with its test, even if that is killed. Empty where the system cannot do it. */
const TIED = ["setpriv", "--pdeathsig", "KILL"];
const isTied = spawnSync(TIED[0]!, [...TIED.slice(1), "true"]).status === 0;

/** A server of the cluster. */
export interface Node extends Endpoint {
  readonly bus: number;
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
  /** The port and the bus port of all, with `ownAddresses`. */
  private ports?: Promise<readonly [number, number]>;

  private constructor(private readonly options: LoopbackClusterOptions) {}

  /** Starts the servers, and resolves when the cluster is healthy. */
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

  /** A client that knows the masters. The caller closes it. */
  connect(login = this.options.login ?? {}): Cluster {
    return new Cluster(this.masters, login);
  }

  /** Waits until all members agree, and every replica is in sync. */
  async healthy(): Promise<void> {
    const cluster = this.connect();
    let seen: unknown;
    const evidence = (): string => JSON.stringify(seen);
    try {
      // A look at all members takes 10 ms of a core.
      await until("every replica is in sync", { timeout: 30_000, every: 200, evidence }, async () => {
        const view = await cluster.look();
        // After a failover, the former owner is a master without slots until the others have heard that it follows. A
        // cluster may have such masters, so they are no ailment. None of these clusters keeps one.
        const bare = view.ids.filter((id) => statusOf(view, id).role === "bare");
        const ailments = [...ailmentsOf(view, []), ...bare];
        seen = ailments;
        return view.members.length === this.nodes.length && ailments.length === 0;
      });
    } finally {
      cluster.close();
    }
  }

  /** Starts a further server. */
  async add({ meet = true, directives = [], host: given, program }: NodeOptions = {}): Promise<Node> {
    const { ownAddresses = false, login = {}, host: address = "127.0.0.1" } = this.options;
    const host = given ?? (ownAddresses ? `127.0.1.${this.nodes.length + 1}` : address);
    const shared = ownAddresses ? (this.ports ??= freePorts()) : freePorts();
    const [port, bus] = await shared;
    const endpoint = { host, port };
    await this.launch(endpoint, bus, directives, program);
    const server = new Server(endpoint, login, 5000);
    const run = async (...command: readonly string[]): Promise<unknown> => {
      const answer = await server.ask(command);
      if (!answer.known) throw new Error(answer.reason);
      return answer.value;
    };
    await this.untilAnswers(server);
    const isCluster = !directives.includes("cluster-enabled no");
    const node = { ...endpoint, bus, id: isCluster ? String(await run("CLUSTER", "MYID")) : "", server, run };
    this.nodes.push(node);
    if (!isCluster) return node;
    // Of a server that has been in a cluster, such as a copy, the epoch is set already.
    await run("CLUSTER", "SET-CONFIG-EPOCH", String(this.nodes.length)).catch(() => undefined);
    const [first] = this.nodes;
    if (meet && first !== undefined && first !== node)
      await first.run("CLUSTER", "MEET", node.host, String(port), String(bus));
    return node;
  }

  /** Starts a server again with its data, at another address or with other directives. */
  async restart(node: Node, { host = node.host, directives = [] }: NodeOptions = {}): Promise<Node> {
    await this.end(node);
    const directory = this.folderOf(node);
    const endpoint = { host, port: node.port };
    await this.launch(endpoint, node.bus, directives, this.options.program, directory);
    const server = new Server(endpoint, this.options.login ?? {}, 5000);
    await this.untilAnswers(server);
    server.close();
    return { ...node, host };
  }

  /** Deletes a server that has ended, and its data. The others still list it. */
  remove(node: Node): void {
    node.server.close();
    this.processes.delete(showEndpoint(node));
    this.nodes.splice(this.nodes.indexOf(node), 1);
    rmSync(this.folderOf(node), { recursive: true, force: true });
  }

  /** Where a server keeps its data and nodes.conf. */
  folderOf({ host, port }: Endpoint): string {
    return join(this.directory, `${host}-${port}`);
  }

  /** Ends a server by a signal. */
  async end(endpoint: Endpoint, signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
    await stop(this.processes.get(showEndpoint(endpoint)), signal);
  }

  /** Pauses a server, or continues it: it keeps its connections and answers nothing. */
  pause(endpoint: Endpoint, paused: boolean): void {
    this.processes.get(showEndpoint(endpoint))?.kill(paused ? "SIGSTOP" : "SIGCONT");
  }

  async close(): Promise<void> {
    for (const { server } of this.nodes) server.close();
    await Promise.all([...this.processes.values()].map((child) => stop(child, "SIGKILL")));
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
      await this.follow(replica, this.masters[index % masters]!);
    }
    if (masters > 0) await this.healthy();
  }

  /** Makes a node the replica of a master, as soon as it knows it. */
  async follow(replica: Node, master: Node): Promise<void> {
    await until(`${replica.port} follows`, { timeout: 20_000, every: 50 }, () =>
      replica.run("CLUSTER", "REPLICATE", master.id).then(
        () => true,
        () => false,
      ),
    );
  }

  private async untilAll(what: string, holds: (node: Node) => Promise<boolean>): Promise<void> {
    for (const node of this.nodes)
      await until(`${node.port} ${what}`, { timeout: 30_000, every: 50 }, () => holds(node));
  }

  private async untilAnswers(server: Server): Promise<void> {
    await until(
      `${server.name} answers`,
      { timeout: 20_000, every: 20 },
      async () => (await server.ask(["PING"])).known,
    );
  }

  private async launch(
    { host, port }: Endpoint,
    bus: number,
    further: readonly string[],
    program = this.options.program,
    directory = this.folderOf({ host, port }),
  ): Promise<void> {
    mkdirSync(directory, { recursive: true });
    const file = join(directory, "redis.conf");
    const lines = [
      ...[`bind ${host}`, `dir ${directory}`, "logfile redis.log", `cluster-port ${bus}`],
      // On a machine, connections come from its own address.
      `bind-source-addr ${host}`,
      // Only 127.0.0.1 would be let in.
      "protected-mode no",
      ...["cluster-enabled yes", "cluster-node-timeout 2000", "repl-diskless-sync-delay 0", 'save ""'],
      ...["enable-debug-command yes", "cluster-allow-replica-migration no"],
      ...(this.options.login?.tls ? ["port 0", `tls-port ${port}`] : [`port ${port}`]),
      ...(this.options.directives ?? []),
      ...further,
    ];
    writeFileSync(file, `${lines.join("\n")}\n`);
    const [first, ...rest] = [...(isTied ? TIED : []), program ?? "redis-server", file];
    const child = spawn(first, rest, { stdio: "ignore" });
    this.processes.set(showEndpoint({ host, port }), child);
    await once(child, "spawn");
  }
}

/** Not of those that the kernel gives to clients: a connection could take one before the server has started. */
async function freePorts(): Promise<readonly [number, number]> {
  const port = await freeClusterPort();
  return [port, port + BUS_OFFSET];
}

async function stop(child: ChildProcess | undefined, signal: "SIGKILL" | "SIGTERM"): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill(signal);
  await exit;
}
