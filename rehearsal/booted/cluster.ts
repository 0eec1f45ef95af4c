import { type ClusterNode } from "../../cluster/cluster-nodes";
import { compareContents } from "../../cluster/comparison/contents";
import { Pair } from "../../cluster/comparison/pair";
import { type Instance } from "../instance";
import { type Masters } from "../masters";
import { type Ending, type Resyncs, resyncOf } from "../play/fault";
import { type Playable } from "../play/play";
import { type Progress } from "../report/progress";
import { RedisNode } from "../redis-node";
import { type RedisServer } from "../redis-server";
import { type SpotApi } from "../spot-api/spot-api";
import { type Snapshot } from "../volume";
import { until } from "../wait";
import { Writer } from "../writer";
import { type AgentStates } from "./agent-states";
import { type RehearsedConfig } from "./rehearsed-config";
import { type ReportedFleet } from "./fleet";

/** Milliseconds that a change in a healthy cluster may take on a busy machine. */
const PATIENCE = 120_000;

/** Keys of each writer, over all slots: every node is asked for each of them at the end. */
const KEYS = 500;

/** A replica: a stateful instance with the EC2 instance that it has now. */
export interface Replica {
  readonly statefulInstanceId: string;
  readonly instance: Instance;
}

export interface ClusterParts {
  readonly config: RehearsedConfig;
  readonly masters: Masters;
  readonly fleet: ReportedFleet;
  readonly api: SpotApi;
  readonly agents: AgentStates;
  readonly groupIds: readonly string[];
  readonly progress: Progress;
}

/** Masters, and replicas on booted instances that a simulated Spot replaces. */
export class Cluster implements Playable {
  readonly progress: Progress;
  private ids = new Map<string, string>();
  /** Images of the replicas of a shard, from before one of them was promoted. */
  private images = new Map<string, Snapshot>();

  constructor(private readonly parts: ClusterParts) {
    this.progress = parts.progress;
  }

  /** Waits until the agents have joined all replicas. */
  async join(): Promise<void> {
    await Promise.all(this.replicas.map(({ instance }) => this.inSync(instance)));
    this.ids = await this.nodeIds();
  }

  /** The replicas whose instance runs, in the order of their stateful instances. */
  get replicas(): Replica[] {
    const { api, fleet, groupIds } = this.parts;
    const running = fleet.booted.all().filter((instance) => instance.running);
    return groupIds
      .flatMap((id) => api.statefulInstances(id))
      .flatMap(({ id: statefulInstanceId, instance: launched }) => {
        const instance = running.find(({ instanceId }) => instanceId === launched?.id);
        return instance ? [{ statefulInstanceId, instance }] : [];
      });
  }

  get addresses(): string[] {
    const masters = this.parts.masters.running.map(({ address }) => address);
    return [...masters, ...this.replicas.map(({ instance }) => instance.privateIp)];
  }

  write(prefix: string): Promise<Writer> {
    const { masters, config } = this.parts;
    return Writer.start({ seeds: [...masters.addresses], port: config.port, prefix, keys: KEYS });
  }

  async setPromoted(promoted: boolean): Promise<void> {
    const owner = await this.promoted();
    if ((owner !== undefined) === promoted) return;
    if (owner === undefined) await this.promote();
    else await this.demote(owner);
  }

  async hasSameIds(): Promise<boolean> {
    const now = await this.nodeIds();
    const isSame = [...this.ids].every(([statefulInstanceId, id]) => now.get(statefulInstanceId) === id);
    this.ids = now;
    return isSame;
  }

  async compare(): Promise<number> {
    const nodes = await this.nodes();
    const followers = nodes.filter(({ flags, master }) => master !== undefined && !flags.includes("fail"));
    const counts = await Promise.all(
      followers.map(({ address, master }) => {
        return this.comparePair(nodes.find(({ id }) => id === master)?.address ?? "", address);
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** The replica that owns slots. */
  async promoted(): Promise<Replica | undefined> {
    const owners = (await this.nodes()).filter(({ slots }) => slots.length > 0);
    return this.replicas.find(({ instance }) => owners.some(({ address }) => address === instance.privateIp));
  }

  /** Has Spot end and replace these instances, and waits until their replacements are in sync. */
  async replace(victims: readonly Replica[], how: "clean" | "gone"): Promise<Ending> {
    const { api, config } = this.parts;
    const before = await this.resyncs();
    api.interrupt(
      victims.map(({ instance }) => instance.instanceId),
      how,
    );
    const times = await Promise.all(victims.map((victim) => this.replaced(victim)));
    await api.settle();
    return {
      outcome: config.keepsData ? "back" : "joined",
      milliseconds: Math.max(...times),
      resync: resyncOf(before, await this.resyncs()),
    };
  }

  /** Starts the next instance of a replica from an image, as Spot does where it cannot detach the volume. */
  startFrom({ statefulInstanceId }: Replica, image: Snapshot): void {
    this.parts.fleet.startFrom(statefulInstanceId, image);
  }

  /** The image of a replica from before the promotion. */
  imageBeforePromotion({ statefulInstanceId }: Replica): Snapshot {
    const image = this.images.get(statefulInstanceId);
    if (image === undefined) throw new Error(`no image was taken of ${statefulInstanceId}`);
    return image;
  }

  /** Kills the master of a replica, and starts it again as soon as a replica is promoted. Resolves to that time. */
  async promote(): Promise<number> {
    const nodes = await this.nodes();
    const [replica] = this.replicas;
    const line = nodes.find(({ address }) => address === replica?.instance.privateIp);
    const old = nodes.find(({ id }) => id === line?.master);
    const master = this.master(old?.address ?? "");
    await this.takeImages(nodes, old?.id);
    this.progress.note(`master ${master.address} is killed`, master.address);
    const begin = Date.now();
    await master.kill();
    const promoted = await until("a replica is promoted", { timeout: PATIENCE }, () => this.promoted());
    const milliseconds = Date.now() - begin;
    const { instance } = promoted;
    const slots = `the slots of ${master.address}`;
    this.progress.note(`${instance.privateIp} was elected, and serves ${slots}`, instance.privateIp);
    // The timer would run it within 15 seconds.
    await instance.exec(["systemctl", "start", "--no-block", "redis-replica-reconcile.service"]);
    await this.parts.agents.reaches(instance, /^promoted/);
    this.progress.note(`${master.address} is started again, and becomes its replica`, master.address);
    await master.start();
    await this.linked(master.node);
    return milliseconds;
  }

  private async demote({ instance }: Replica): Promise<void> {
    const nodes = await this.nodes();
    const own = nodes.find(({ address }) => address === instance.privateIp);
    const follower = nodes.find(({ master, address }) => {
      return master === own?.id && this.parts.masters.addresses.includes(address);
    });
    const { node } = this.master(follower?.address ?? "");
    this.progress.note(`${node.address} takes its slots back`, node.address);
    await until(`${node.address} owns the shard`, { timeout: PATIENCE, every: 500 }, async () => {
      await node.cli("CLUSTER", "FAILOVER").catch(() => undefined);
      return (await this.promoted()) === undefined;
    });
    await this.inSync(instance);
  }

  /** Images of all replicas of a master, since any of them can be elected. */
  private async takeImages(nodes: readonly ClusterNode[], master?: string): Promise<void> {
    for (const { statefulInstanceId, instance } of this.replicas) {
      const line = nodes.find(({ address }) => address === instance.privateIp);
      if (line?.master === master)
        this.images.set(statefulInstanceId, await instance.snapshot({ pause: true }));
    }
  }

  /** Milliseconds from the start of the replacement until its agent is in sync. */
  private async replaced({ statefulInstanceId, instance }: Replica): Promise<number> {
    const another = await until(`${statefulInstanceId} is replaced`, { timeout: PATIENCE }, () => {
      const now = this.replicas.find((each) => each.statefulInstanceId === statefulInstanceId);
      return now && now.instance.instanceId !== instance.instanceId ? now.instance : undefined;
    });
    await this.inSync(another);
    return Date.now() - another.startedAt.getTime();
  }

  private inSync(instance: Instance): Promise<void> {
    return this.parts.agents.reaches(instance, /^in sync/);
  }

  private async nodeIds(): Promise<Map<string, string>> {
    const ids = this.replicas.map(async ({ statefulInstanceId, instance }) => {
      return [statefulInstanceId, await this.node(instance.privateIp).cli("CLUSTER", "MYID")] as const;
    });
    return new Map(await Promise.all(ids));
  }

  private async comparePair(master: string, replica: string): Promise<number> {
    const { port } = this.parts.config;
    const pair = await Pair.open({ host: master, port }, { host: replica, port }, {});
    try {
      const { keys, differing } = await compareContents(pair);
      if (differing > 0) throw new Error(`${differing} of ${keys} keys of ${master} differ at ${replica}`);
      return keys;
    } finally {
      pair.close();
    }
  }

  private async resyncs(): Promise<Resyncs> {
    const all = await Promise.all(this.parts.masters.running.map(({ node }) => node.info("stats")));
    const sum = (field: string): number => all.reduce((total, info) => total + Number(info[field] ?? 0), 0);
    return { full: sum("sync_full"), partial: sum("sync_partial_ok") };
  }

  private async linked(node: RedisNode): Promise<void> {
    await node.until("replication", "master_link_status", "up", { timeout: PATIENCE });
  }

  /** The nodes as the first running master lists them. */
  private async nodes(): Promise<ClusterNode[]> {
    return (await this.parts.masters.running[0]?.node.nodes()) ?? [];
  }

  private master(address: string): RedisServer {
    const found = this.parts.masters.servers.find((server) => server.address === address);
    if (!found) throw new Error(`${address} is not the address of a master`);
    return found;
  }

  private node(address: string): RedisNode {
    return new RedisNode(address, { port: this.parts.config.port });
  }
}
