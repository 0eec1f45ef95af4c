import { compareContents } from "../../cluster/comparison/contents";
import { Pair } from "../../cluster/comparison/pair";
import { type ClusterNode } from "../../cluster/cluster-nodes";
import { freeClusterPort } from "../free-port";
import { type Playable } from "../play/play";
import { withShortIds } from "../play/short-ids";
import { type Progress } from "../report/progress";
import { until } from "../wait";
import { Writer } from "../writer";
import { Masters } from "./masters";
import { Replica } from "./replica";
import { type Programs } from "./requirements";
import { type Server } from "./server";

const MASTERS = ["127.0.0.2", "127.0.0.3", "127.0.0.4"];
const REPLICA = "127.0.0.10";
/** Milliseconds that a change in a healthy cluster may take on a busy machine. */
const PATIENCE = 60_000;

/** Three masters and a replica with its agent, as processes on loopback addresses. */
export class Cluster implements Playable {
  /** The node ID of the replica. */
  id = "";
  /** An image of the replica's volume, from before it was promoted. */
  private image?: string;

  private constructor(
    readonly masters: Masters,
    readonly replica: Replica,
    readonly port: number,
    readonly progress: Progress,
  ) {}

  /** Starts the masters, and writes the files of the replica. */
  static async create(
    directory: string,
    { server: program, python }: Programs,
    progress: Progress,
  ): Promise<Cluster> {
    const port = await freeClusterPort();
    const common = { directory, port, program };
    const masters = await Masters.start({ ...common, addresses: MASTERS });
    progress.note(`three masters run at ${MASTERS.join(", ")}, port ${port}`);
    const replica = await Replica.create({ ...common, address: REPLICA, masters: MASTERS, python });
    replica.onState = (state) => progress.note(`agent: ${withShortIds(state)}`, REPLICA);
    return new Cluster(masters, replica, port, progress);
  }

  /** Starts the replica, and resolves when its agent has joined it to the masters. */
  async join(): Promise<void> {
    this.progress.note(`a replica starts at ${REPLICA}; its agent joins it`, REPLICA);
    await this.replica.start();
    await this.replica.reaches(/^in sync/);
    this.id = await this.myId();
    const { ip } = await this.owner();
    this.progress.note(`${REPLICA} is a replica of ${ip}, node ID ${withShortIds(this.id)}`);
  }

  async hasSameIds(): Promise<boolean> {
    return (await this.myId()) === this.id;
  }

  write(prefix: string): Promise<Writer> {
    return Writer.start({ seeds: MASTERS, port: this.port, prefix });
  }

  get addresses(): string[] {
    const servers = [...this.masters.servers, this.replica.server];
    return servers.filter(({ pid }) => pid !== 0).map(({ ip }) => ip);
  }

  /** The node that owns the slots of the replica's shard, in the view of the masters. */
  async owner(): Promise<Server> {
    const found = await until("the replica's shard has an owner", { timeout: PATIENCE }, async () => {
      const nodes = await this.masters.nodes().catch((): ClusterNode[] => []);
      const me = nodes.find(({ id }) => id === this.id);
      return me?.slots.length ? me : nodes.find(({ id }) => id === me?.master);
    });
    return found.address === REPLICA ? this.replica.server : this.masters.at(found.address);
  }

  /** The other node of the replica's shard: its master, or the former one while the replica is promoted. */
  async other(): Promise<Server> {
    const owner = await this.owner();
    if (owner !== this.replica.server) return owner;
    const follower = (await this.masters.nodes()).find(({ master }) => master === this.id);
    if (!follower) throw new Error("the promoted node has no replica");
    return this.masters.at(follower.address);
  }

  /** Takes an image of the volume of the replica, as Spot does every five minutes. */
  async takeImage(): Promise<string> {
    this.image = await this.replica.image();
    return this.image;
  }

  /** The image from before the promotion. */
  get imageBeforePromotion(): string {
    if (this.image === undefined) throw new Error("no image was taken");
    return this.image;
  }

  /** A slot of the replica's shard. */
  async slot(): Promise<number> {
    const { ip } = await this.owner();
    const found = (await this.masters.nodes()).find(({ address }) => address === ip);
    return found?.slots[0]?.[0] ?? 0;
  }

  async compare(): Promise<number> {
    const owner = await this.owner();
    const follower = owner === this.replica.server ? await this.other() : this.replica.server;
    const pair = await Pair.open(
      { host: owner.ip, port: this.port },
      { host: follower.ip, port: this.port },
      {},
    );
    try {
      const { keys, differing } = await compareContents(pair);
      if (differing > 0)
        throw new Error(`${differing} of ${keys} keys of ${owner.ip} differ at ${follower.ip}`);
      return keys;
    } finally {
      pair.close();
    }
  }

  async setPromoted(promoted: boolean): Promise<void> {
    if (((await this.owner()) === this.replica.server) === promoted) return;
    await (promoted ? this.promote() : this.demote());
  }

  /** Makes the replica an owner of slots by killing its master, and the former master its replica. */
  async promote(): Promise<number> {
    const master = await this.owner();
    await this.takeImage();
    this.progress.note(`master ${master.ip} is killed`, master.ip);
    const begin = Date.now();
    await master.end("SIGKILL");
    await this.replica.reaches(/^promoted/);
    const milliseconds = Date.now() - begin;
    this.progress.note(`the replica was elected, and serves the slots of ${master.ip}`, REPLICA);
    this.progress.note(`${master.ip} is started again, and becomes its replica`, master.ip);
    await this.masters.restart(master);
    await this.untilLinked(master);
    return milliseconds;
  }

  /** Returns to the roles of the start. */
  private async demote(): Promise<void> {
    const other = await this.other();
    this.progress.note(`${other.ip} takes its slots back`, other.ip);
    await until(`${other.ip} owns the shard`, { timeout: PATIENCE, every: 500 }, async () => {
      await other.ask("CLUSTER", "FAILOVER").catch(() => undefined);
      return (await this.owner()) === other;
    });
    await this.replica.reaches(/^in sync/);
  }

  /** Waits until a server's link to its master is up. */
  async untilLinked(server: Server): Promise<void> {
    await until(`the link of ${server.ip} is up`, { timeout: PATIENCE }, async () => {
      return (await server.info().catch(() => undefined))?.["master_link_status"] === "up";
    });
  }

  private async myId(): Promise<string> {
    return String(await this.replica.server.ask("CLUSTER", "MYID"));
  }

  async close(): Promise<void> {
    await this.replica.close();
    await Promise.all(this.masters.servers.map((server) => server.end("SIGKILL")));
  }
}
