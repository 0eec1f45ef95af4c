import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Metadata } from "../../metadata";
import { type ClusterNode, parseClusterNodes } from "../../../cluster/cluster-nodes";
import { slotOf } from "../../slots";
import { until } from "../../wait";
import { type Outcome } from "../../local/agent";
import { Server } from "../../local/server";
import { type Pace, Unit } from "../../local/unit";
import { type Asked, Injector } from "../injector";
import { InjectionPlan, type InjectionPlanData } from "../injection-plan";
import { Agent, type ClockShift } from "./agent";

const common = join(__dirname, "../../../templates/instance/etc/redis-replica/redis.conf");
/** Milliseconds that a change in a healthy cluster may take. */
const patience = 60_000;
/** Milliseconds until the unit is restarted; on an instance it is a second. */
const restart = 200;
/** Seconds by which the agent's clock moves when a start is delayed: W passes within six starts. */
const step = 15;
/**
 * Milliseconds that such a delay takes. W must last longer than an election here, too: at a node timeout of 2 s one was
 * won 3.5 s after its master had ended, and four delayed starts take 6 s.
 */
const pause = 1500;
/** How many starts in a row may be delayed. */
const tries = 10;
const value = "x".repeat(64);
const shards = [
  [0, 5460],
  [5461, 10_922],
  [10_923, 16_383],
] as const;

/** Three masters and a replica, each on its own loopback address. The agent manages the replica. */
export class Cluster {
  readonly masters: Server[];
  readonly replica: Server;
  readonly unit: Unit;
  /** The questions that the injector got since the last `record`. */
  asked: Asked[] = [];
  /** The number of keys that each shard has. */
  readonly keys = [0, 0, 0];
  readonly ids: string[] = [];
  private readonly tags: string[] = [];
  private readonly looker: Agent;
  private readonly agent: Agent;
  private plan = InjectionPlan.none;
  private instances = 0;

  private constructor(
    private readonly directory: string,
    number: number,
    readonly clock: ClockShift,
    private readonly injector: Injector,
    private readonly metadata: Metadata,
  ) {
    const port = 7000 + number;
    const server = (ip: string): Server => new Server(ip, port, join(directory, `${ip}.log`));
    this.masters = [0, 1, 2].map((index) => server(`127.${number}.1.${10 + index}`));
    this.replica = server(`127.${number}.2.10`);
    const props = {
      root: this.root,
      proxy: injector.port,
      metadata: `127.0.0.1:${metadata.port}`,
      clock,
    };
    this.agent = new Agent(props);
    this.looker = new Agent(props);
    this.unit = new Unit(this.root, this.agent, this.replica, paceOf(clock));
  }

  /** `number` is unique among the running clusters, from 1. */
  static async create(directory: string, number: number): Promise<Cluster> {
    mkdirSync(directory, { recursive: true });
    // eslint-disable-next-line prefer-const -- the injector is created first
    let cluster: Cluster | undefined;
    const injector = await Injector.start({
      plan: () => cluster?.plan ?? InjectionPlan.none,
      onQuestion: (asked) => cluster?.asked.push(asked),
    });
    const metadata = await Metadata.start({ address: "127.0.0.1", port: 0 });
    cluster = new Cluster(directory, number, { ahead: 0 }, injector, metadata);
    await cluster.form();
    return cluster;
  }

  get root(): string {
    return join(this.directory, "root");
  }

  get port(): number {
    return this.replica.port;
  }

  /** The master of the replica's shard: the first by ID, which a replica chooses if all have equally few replicas. */
  get master(): Server {
    return this.masters[0] as Server;
  }

  async close(): Promise<void> {
    await this.unit.lose().catch(() => undefined);
    await Promise.all(this.masters.map((each) => each.end("SIGKILL")));
    this.agent.close();
    this.looker.close();
    await this.injector.close();
    await this.metadata.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Restarts the count of questions and applies these injections. */
  record(plan: InjectionPlanData = {}): void {
    this.injector.reset();
    this.asked = [];
    this.plan = InjectionPlan.of(plan);
    this.unit.outcomes.length = 0;
  }

  /** Runs `reconcile`, as the agent's unit does. */
  look(command: "join" | "reconcile" | "retry" | "accept"): Promise<Outcome> {
    return this.looker.run([command]);
  }

  startMaster(index: number): void {
    this.masters[index]?.spawn(join(this.directory, `${this.masters[index]?.ip}.conf`));
  }

  folderOf(index: number): string {
    return join(this.directory, String(this.masters[index]?.ip));
  }

  /** Simulates a boot of another instance on the same volume: all files below /run are gone. */
  newInstance(): void {
    rmSync(join(this.root, "run"), { recursive: true, force: true });
    mkdirSync(join(this.root, "run"), { recursive: true });
    const instanceId = `i-${String(++this.instances).padStart(17, "0")}`;
    const facts = { instanceId, availabilityZone: "us-east-1a", instanceType: "r6g.large" };
    this.metadata.register("127.0.0.1", { ...facts, localIp: this.replica.ip });
  }

  /** Replaces the volume by a blank one. */
  newVolume(): void {
    rmSync(join(this.root, "var"), { recursive: true, force: true });
    mkdirSync(join(this.root, "var/lib"), { recursive: true });
  }

  /** Writes keys of a shard to its owner. If there is a replica, waits until it has them. */
  async write(shard: number, count: number, replicas: 0 | 1 = 0): Promise<void> {
    const owner = await this.owner(shard);
    const first = this.keys[shard] ?? 0;
    const numbers = Array.from({ length: count }, (_, index) => first + index);
    const sets = numbers.map((each) => ["SET", this.key(shard, each), `${value}${each}`]);
    const replies = await serving(() => owner.askAll([...sets, ["WAIT", String(replicas), "4000"]]));
    if (Number(replies.at(-1)) < replicas) throw new Error(`${owner.ip}: WAIT found no replica`);
    this.keys[shard] = first + count;
  }

  /** Removes the latest keys, so that a long walk does not slow down. */
  async trim(): Promise<void> {
    for (const [shard, count] of this.keys.entries()) {
      const gone = Array.from({ length: count }, (_, index) => index).slice(20);
      if (gone.length > 0) {
        const keys = gone.map((each) => this.key(shard, each));
        await (await this.owner(shard)).ask("DEL", ...keys);
      }
      this.keys[shard] = Math.min(count, 20);
    }
  }

  /** How many of a shard's keys a server lacks or has with another value. */
  async missing(server: Server, shard: number): Promise<number> {
    const numbers = Array.from({ length: this.keys[shard] ?? 0 }, (_, index) => index);
    const words = ["MGET", ...numbers.map((each) => this.key(shard, each))];
    const values = (await serving(() => server.askAll([["READONLY"], words])))[1] as (string | null)[];
    return numbers.filter((each) => values[each] !== `${value}${each}`).length;
  }

  /** The owner of a shard. If two servers claim it, the one with the higher epoch. */
  async owner(shard: number): Promise<Server> {
    return until(`shard ${shard} has an owner`, { timeout: patience }, async () => {
      return (await this.owners(shard))[0];
    });
  }

  /** All servers that claim to own a shard, the latest epoch first. */
  async owners(shard: number): Promise<Server[]> {
    const slot = shards[shard]?.[0] ?? 0;
    const found: { readonly server: Server; readonly epoch: number }[] = [];
    for (const server of [...this.masters, this.replica]) {
      if (server.pid === 0) continue;
      const me = (await nodesOf(server).catch(() => [])).find(({ flags }) => flags.includes("myself"));
      const owns = me?.slots.some(([first, last]) => slot >= first && slot <= last);
      if (me && owns) found.push({ server, epoch: me.configEpoch });
    }
    return found.sort((one, other) => other.epoch - one.epoch).map(({ server }) => server);
  }

  /** Makes one of the shard's servers its owner; by `TAKEOVER` if the other one is down. */
  async promote(server: Server, ...how: readonly string[]): Promise<void> {
    const other = server === this.replica ? this.master : this.replica;
    await until(`${server.ip} owns the shard`, { timeout: patience, every: 200 }, async () => {
      if ((await this.owners(0))[0] === server) return true;
      await server.ask("CLUSTER", "FAILOVER", ...how).catch(() => undefined);
      return false;
    });
    if (other.pid) await this.untilLinked(other);
    await this.untilAgreed(server);
  }

  /** Waits until every master lists this owner of the replica's shard and its cluster state is ok. */
  async untilAgreed(owner: Server): Promise<void> {
    // Of the first shard.
    const slot = 0;
    await until(`all agree on ${owner.ip}`, { timeout: patience }, async () => {
      const views = await Promise.all(this.masters.filter(({ pid }) => pid).map(nodesOf));
      const states = await Promise.all(
        this.masters.filter(({ pid }) => pid).map((each) => each.ask("CLUSTER", "INFO")),
      );
      const agree = views.every((nodes) => {
        const found = nodes.find(({ slots }) => slots.some(([first, last]) => slot >= first && slot <= last));
        return found?.address === owner.ip;
      });
      return agree && states.every((state) => String(state).includes("cluster_state:ok"));
    });
  }

  async untilLinked(server: Server): Promise<void> {
    await until(`the link of ${server.ip} is up`, { timeout: patience }, async () => {
      return (await server.info().catch(() => undefined))?.["master_link_status"] === "up";
    });
  }

  /** Sets whether the first master may be elected; resolves when the others know. */
  async bar(barred: boolean): Promise<void> {
    await this.master.ask("CONFIG", "SET", "cluster-replica-no-failover", barred ? "yes" : "no");
    await until("the others know whether it may be elected", { timeout: patience }, async () => {
      const views = await Promise.all(this.masters.slice(1).map(nodesOf));
      return views.every((nodes) => {
        const found = nodes.find(({ id }) => id === this.ids[0]);
        return !found?.flags.includes("slave") || found.flags.includes("nofailover") === barred;
      });
    });
  }

  /** Removes what the masters know of the replica. */
  async forgetReplica(): Promise<void> {
    const known = await Promise.all(
      this.masters.map(async (server) => {
        return (await nodesOf(server)).map(({ id }) => id).filter((id) => !this.ids.includes(id));
      }),
    );
    const gone = [...new Set(known.flat())];
    await Promise.all(
      this.masters.flatMap((server) =>
        gone.map((id) => server.ask("CLUSTER", "FORGET", id).catch(() => undefined)),
      ),
    );
  }

  private key(shard: number, number: number): string {
    return `{${this.tags[shard] ?? ""}}:${number}`;
  }

  private async form(): Promise<void> {
    for (const { ip } of this.masters) {
      mkdirSync(join(this.directory, ip));
      const lines = [`port ${this.port}`, `bind ${ip}`, `dir ${join(this.directory, ip)}`, 'save ""'];
      lines.push("protected-mode no", "cluster-enabled yes", "cluster-node-timeout 2000");
      // All connections on loopback come from 127.0.0.1, regardless of the server.
      lines.push(`cluster-announce-ip ${ip}`, `replica-announce-ip ${ip}`);
      lines.push("repl-diskless-sync-delay 0", "cluster-allow-replica-migration no");
      writeFileSync(join(this.directory, `${ip}.conf`), `${lines.join("\n")}\n`);
    }
    this.masters.forEach((_, index) => this.startMaster(index));
    await Promise.all(this.masters.map((each) => each.untilAnswers()));
    const ids = await Promise.all(
      this.masters.map(async (each) => ({ each, id: String(await each.ask("CLUSTER", "MYID")) })),
    );
    ids.sort((one, other) => (one.id < other.id ? -1 : 1));
    this.masters.splice(0, 3, ...ids.map(({ each }) => each));
    this.ids.push(...ids.map(({ id }) => id));
    // Shards are in the order of the IDs, so that a question goes to the same master in each cluster.
    for (const [index, server] of this.masters.entries()) {
      const [first = 0, last = 0] = shards[index] ?? [];
      await server.ask("CLUSTER", "SET-CONFIG-EPOCH", String(index + 1));
      await server.ask("CLUSTER", "ADDSLOTSRANGE", String(first), String(last));
      if (index > 0) await server.ask("CLUSTER", "MEET", this.master.ip, String(this.port));
    }
    await this.untilAgreed(this.master);
    for (const [first, last] of shards) {
      let tag = 0;
      while (slotOf(`{${tag}}`) < first || slotOf(`{${tag}}`) > last) tag++;
      this.tags.push(String(tag));
    }
    this.furnish();
    for (const shard of [0, 1, 2]) await this.write(shard, 20);
  }

  /** Writes the files that user data writes on an instance. */
  private furnish(): void {
    const etc = join(this.root, "etc/redis-replica");
    const bin = join(this.root, "opt/redis-replica/bin");
    for (const folder of [etc, bin]) mkdirSync(folder, { recursive: true });
    cpSync(common, join(etc, "redis.conf"));
    const settings = {
      MASTERS: this.masters.map(({ ip }) => ip).join(" "),
      PORT: String(this.port),
      FAILOVER: "allowed",
      MAXMEMORY: "0",
      BACKLOG: "1mb",
      DIRECTIVES: `replica-announce-ip ${this.replica.ip}`,
    };
    const lines = Object.entries(settings).map(([name, text]) => `${name}='${text}'\n`);
    writeFileSync(join(etc, "settings"), lines.join(""));
    for (const program of ["redis-server", "redis-check-rdb"]) {
      symlinkSync(join("/usr/bin", program), join(bin, program));
    }
    this.newVolume();
    this.newInstance();
  }
}

/** A delayed start moves the agent's clock. */
function paceOf(clock: ClockShift): Pace {
  return {
    restart,
    tries,
    delayed: async () => {
      clock.ahead += step;
      await sleep(pause);
    },
  };
}

/** A master that has come back serves after two seconds. */
async function serving<T>(ask: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + patience; ; await sleep(100)) {
    try {
      return await ask();
    } catch (error) {
      if (!/CLUSTERDOWN|LOADING|MASTERDOWN/.test(String(error)) || Date.now() > end) throw error;
    }
  }
}

export async function nodesOf(server: Server): Promise<ClusterNode[]> {
  return parseClusterNodes(String(await server.ask("CLUSTER", "NODES")));
}
