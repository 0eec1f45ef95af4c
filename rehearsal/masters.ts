import { randomBytes, randomInt } from "node:crypto";
import { cliLogin } from "./login";
import { type Network } from "./network";
import { type ClusterNode } from "../cluster/cluster-nodes";
import { RedisNode } from "./redis-node";
import { RedisServer, type RedisServerOptions } from "./redis-server";
import { must } from "./run";
import { slotOf } from "./slots";
import { until } from "./wait";

export interface MastersOptions extends RedisServerOptions {
  /** @default 3 */
  readonly count?: number;
  /** @default 10.0.1.10, 10.0.1.11 … */
  readonly addresses?: readonly string[];
}

export interface FillOptions {
  readonly megabytes: number;
  /** @default 4096 */
  readonly valueBytes?: number;
  /** The prefix of each key, before its number. @default fill */
  readonly prefix?: string;
}

/** The user's cluster of on-demand masters: real servers, each with its own address. */
export class Masters {
  private constructor(
    private readonly network: Network,
    private readonly options: RedisServerOptions,
    private readonly all: RedisServer[],
  ) {}

  /** Starts the servers and creates the cluster. Resolves when every server reports `cluster_state:ok`. */
  static async start(network: Network, options: MastersOptions = {}): Promise<Masters> {
    const { count = 3 } = options;
    const addresses =
      options.addresses ?? Array.from({ length: count }, (_, index) => `10.0.1.${10 + index}`);
    const servers = await Promise.all(
      addresses.map((address) => RedisServer.create(network, address, options)),
    );
    const endpoints = servers.map(({ node }) => `${node.address}:${node.port}`);
    const masters = new Masters(network, options, servers);
    await masters.manage("create", ...endpoints, "--cluster-yes");
    await masters.untilWhole();
    return masters;
  }

  /** Runs `redis-cli --cluster`, for at most two minutes. */
  async manage(...args: readonly string[]): Promise<void> {
    const { options, env } = cliLogin(this.options.login ?? {});
    await must(["redis-cli", ...options, "--cluster", ...args], { timeout: 120_000, env });
  }

  /** The masters, followed by added replicas. */
  get servers(): readonly RedisServer[] {
    return this.all;
  }

  /** The servers whose process is running. */
  get running(): readonly RedisServer[] {
    return this.all.filter(({ running }) => running);
  }

  /** Makes a node a replica of a master. Resolves when its link is up. Timeouts are in milliseconds. */
  async follow(
    node: RedisNode,
    of: number,
    { known = 20_000, synced = 20_000 }: { readonly known?: number; readonly synced?: number } = {},
  ): Promise<void> {
    const master = this.node(of);
    const wanted = await master.cli("CLUSTER", "MYID");
    await node.cli("CLUSTER", "MEET", master.address, String(master.port));
    await until("the master is known", { timeout: known }, async () => {
      return (await node.nodes()).some(({ id, connected, flags }) => {
        return id === wanted && connected && flags.includes("master");
      });
    });
    await node.cli("CLUSTER", "REPLICATE", wanted);
    await node.until("replication", "master_link_status", "up", { timeout: synced });
  }

  /** Adds an on-demand replica of a master. Returns its index once it is in sync and every server lists it. */
  async addReplica(of: number): Promise<number> {
    const place = this.all.length;
    const server = await RedisServer.create(this.network, `10.0.1.${10 + place}`, this.options);
    this.all.push(server);
    const { node } = server;
    await this.follow(node, of, { known: 30_000, synced: 60_000 });
    const own = await node.cli("CLUSTER", "MYID");
    const lists = async (by: RedisNode): Promise<boolean> =>
      (await by.nodes()).some(({ id, flags }) => id === own && flags.includes("slave"));
    await until("every server lists the replica", { timeout: 30_000 }, async () => {
      return (await Promise.all(this.running.map((each) => lists(each.node)))).every(Boolean);
    });
    return place;
  }

  get addresses(): readonly string[] {
    return this.servers.map(({ address }) => address);
  }

  server(index: number): RedisServer {
    const server = this.servers[index];
    if (!server) throw new Error(`there are ${this.servers.length} masters, got: ${index}`);
    return server;
  }

  node(index: number): RedisNode {
    return this.server(index).node;
  }

  cli(index: number, ...args: readonly string[]): Promise<string> {
    return this.node(index).cli(...args);
  }

  info(index: number, section: string): Promise<Readonly<Record<string, string>>> {
    return this.node(index).info(section);
  }

  /** The cluster as this master sees it. */
  nodes(index: number): Promise<ClusterNode[]> {
    return this.node(index).nodes();
  }

  digest(index: number): Promise<string> {
    return this.node(index).digest();
  }

  /** A clean stop with a save. */
  stop(index: number): Promise<void> {
    return this.server(index).stop();
  }

  /** Kills the process with SIGKILL. To simulate the loss of its machine, see `Network.unplug`. */
  kill(index: number): Promise<void> {
    return this.server(index).kill();
  }

  /** Starts a server with its data on disk. A running server is stopped first. */
  async restart(index: number): Promise<void> {
    await this.stop(index);
    await this.server(index).start();
  }

  /** Waits until every running master reports `cluster_state:ok`. */
  async untilWhole(timeout = 30_000): Promise<void> {
    const { running } = this;
    await until("the cluster state is ok", { timeout, every: 100 }, async () => {
      const states = await Promise.all(running.map(({ node }) => node.clusterState().catch(() => "")));
      return states.every((state) => state === "ok");
    });
  }

  /** Writes about this many bytes, evenly over the slots, in incompressible values. Returns the number of keys. */
  async fill({ megabytes, valueBytes = 4096, prefix = "fill" }: FillOptions): Promise<number> {
    const count = Math.ceil((megabytes * 1024 * 1024) / valueBytes);
    const pool = randomBytes(Math.max(1 << 20, 2 * valueBytes));
    const value = () => {
      const start = randomInt(pool.length - valueBytes);
      return pool.subarray(start, start + valueBytes);
    };
    const [running] = this.running;
    if (!running) throw new Error("no master is running");
    const owners = (await running.node.nodes()).filter(({ slots }) => slots.length > 0);
    const counts = await Promise.all(
      owners.map(({ address, port, slots }) => {
        return new RedisNode(address, { ...this.options.login, port }).load(
          keys(prefix, count, slots),
          value,
        );
      }),
    );
    return counts.reduce((sum, part) => sum + part, 0);
  }

  /** Stops all servers and removes their addresses. */
  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
  }
}

function* keys(prefix: string, count: number, slots: ClusterNode["slots"]): Generator<string> {
  for (let number = 0; number < count; number++) {
    const key = `${prefix}:${number}`;
    const slot = slotOf(key);
    if (slots.some(([first, last]) => slot >= first && slot <= last)) yield key;
  }
}
