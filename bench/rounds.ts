import { type Instance, type UserDataResult } from "../rehearsal/instance";
import { RedisNode } from "../rehearsal/redis-node";
import { Stage } from "../rehearsal/stage";
import { Writer } from "../rehearsal/writer";
import { fillOne } from "./fill";
import { type Spread, spread } from "./spread";
import { type Return, Watch } from "./watch";

/** A series of measurements of one thing. */
export interface Figure {
  readonly key: string;
  readonly what: string;
  readonly unit: string;
  readonly spread: Spread;
}

export interface RoundsProps {
  /** The size of the data of the replica's master. */
  readonly megabytes: number;
  /** Called with one line for each measurement. */
  readonly talk: (line: string) => void;
}

/** In the order of the report. Milliseconds count from the start of the instance. */
const FIGURES: readonly (readonly [key: string, what: string, unit: string])[] = [
  ["first.multiUser", "bare first boot: multi-user", "ms"],
  ["first.finished", "bare first boot: user data finished", "ms"],
  ["package.synced", "first boot, Redis from a package: in sync", "ms"],
  ["package.finished", "  user data finished", "ms"],
  ["source.synced", "first boot, Redis from source: in sync", "ms"],
  ["source.finished", "  user data finished", "ms"],
  ["recipe.synced", "first boot by the tutorials' recipe: in sync", "ms"],
  ["recipe.finished", "  user data finished", "ms"],
  ["bare.multiUser", "bare replacement: multi-user", "ms"],
  ["bare.finished", "bare replacement: user data finished", "ms"],
  ["replacement.online", "replacement: listed online by its master", "ms"],
  ["replacement.synced", "  link up and offset caught up", "ms"],
  ["replacement.multiUser", "  multi-user", "ms"],
  ["replacement.finished", "  user data finished", "ms"],
  ["replacement.load", "  of this, Redis loading its RDB", "ms"],
  ["replacement.beyond", "  in addition to the load and the bare boot before it", "ms"],
  ["replacement.partial", "  partial resyncs", ""],
  ["replacement.full", "  full resyncs", ""],
  ["replacement.missed", "  bytes its RDB was behind", "B"],
  ["replacement.sent", "  bytes its master sent", "B"],
  ["replacement.ratio", "  bytes sent / bytes missed", ""],
  ["reconcile.cpu", "reconcile run on a healthy replica (every 15 s): CPU", "ms"],
  ["reconcile.bytes", "  bytes over the network", "B"],
];

/** CPU milliseconds of one reconcile run, network bytes during it, and network bytes in the same time without it. */
const RECONCILE = `
bytes() { awk '/eth0:/ { print $2 + $10 }' /proc/net/dev; }
before=$(bytes) start=$EPOCHREALTIME TIMEFORMAT='%U %S'
cpu=$({ time redis-replica reconcile 2>/dev/null; } 2>&1)
between=$(bytes) end=$EPOCHREALTIME
sleep "$(awk -v a="$start" -v b="$end" 'BEGIN { print b - a }')"
awk -v a="$before" -v b="$between" -v c="$(bytes)" '{ print ($1 + $2) * 1000, b - a, c - b }' <<<"$cpu"`;

const BARE = "ssi-bare";
const REPLICA = "ssi-replica";
const EMPTY = Buffer.alloc(0);
const PATIENCE = 600_000;

/** A stage with a filled cluster and a continuous writer, and the measurements made on it. */
export class Rounds {
  private readonly values = new Map<string, number[]>();
  private launched = 0;
  private replica?: { readonly instance: Instance; readonly userData: Buffer };

  private constructor(
    readonly stage: Stage,
    /** The address of the master that holds the data, and gets the replica. */
    readonly filled: string,
    private readonly watch: Watch,
    private readonly writer: Writer,
    private readonly talk: (line: string) => void,
  ) {}

  static async open({ megabytes, talk }: RoundsProps): Promise<Rounds> {
    const stage = await Stage.open({ masters: { count: 3 } });
    try {
      const filled = await fillOne(stage, megabytes);
      const addresses = stage.masters.addresses;
      const writer = await Writer.start({ seeds: [...addresses] });
      return new Rounds(stage, filled, await Watch.open(addresses), writer, talk);
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  /** Boots with empty user data: on a new volume (`first`), or on the kept volume with a new instance ID. */
  async bareBoot(kind: "first" | "bare"): Promise<UserDataResult> {
    const instance = await this.launch(BARE, EMPTY);
    const result = await this.finished(instance);
    await this.stop(instance);
    if (kind === "first") await this.stage.fleet.release(BARE);
    this.note({ [`${kind}.multiUser`]: result.multiUser, [`${kind}.finished`]: result.finished });
    return result;
  }

  /** Boots from a new volume until the replica is in sync. All masters then forget the replica. */
  async firstBoot(kind: "package" | "source" | "recipe", userData: Buffer): Promise<void> {
    const { instance, back, result } = await this.join(userData);
    const id = await new RedisNode(instance.privateIp).cli("CLUSTER", "MYID");
    await this.stop(instance);
    await this.stage.fleet.release(REPLICA);
    for (const { node } of this.stage.masters.servers) await node.cli("CLUSTER", "FORGET", id);
    this.note({ [`${kind}.synced`]: back.synced, [`${kind}.finished`]: result.finished });
  }

  /** Prepares the replacements: a replica that has joined, and the volume of a bare instance. */
  async settle(userData: Buffer): Promise<void> {
    await this.stop(await this.started(BARE, EMPTY));
    const { instance } = await this.join(userData);
    this.replica = { instance, userData };
  }

  /** A clean interruption, then a bare boot for comparison while no other instance runs, then the replacement. */
  async replacement(): Promise<void> {
    if (!this.replica) throw new Error("no replica has joined yet");
    const { userData } = this.replica;
    await this.stop(this.replica.instance);
    const bare = await this.bareBoot("bare");
    const before = await this.counts();
    const { instance, back, result } = await this.join(userData);
    const after = await this.counts();
    this.replica = { instance, userData };
    const log = await journalOf(instance);
    const missed = back.offset - (last(log, /partial resynchronization \(request \w+:(\d+)\)/) - 1);
    const load = last(log, /DB loaded from disk: ([\d.]+) seconds/) * 1000;
    const sent = back.sent - (before.sent.get(back.master) ?? NaN);
    this.note({
      "replacement.online": back.online,
      "replacement.synced": back.synced,
      "replacement.multiUser": result.multiUser,
      "replacement.finished": result.finished,
      "replacement.load": load,
      "replacement.beyond": back.online - bare.finished - load,
      "replacement.partial": after.partial - before.partial,
      "replacement.full": after.full - before.full,
      "replacement.missed": missed,
      "replacement.sent": sent,
      "replacement.ratio": sent / missed,
    });
  }

  /** Measures the periodic reconcile run on a healthy replica without writes. Gossip of the same time is subtracted. */
  async reconciles(times: number): Promise<void> {
    if (!this.replica) throw new Error("no replica has joined yet");
    await this.writer.stop();
    for (let each = 0; each < times; each++) {
      const { stdout } = await this.replica.instance.exec(["bash", "-c", RECONCILE]);
      const [cpu, bytes, idle] = stdout.trim().split(" ").map(Number);
      this.note({ "reconcile.cpu": cpu, "reconcile.bytes": (bytes ?? NaN) - (idle ?? NaN) });
    }
  }

  figures(): Figure[] {
    return FIGURES.flatMap(([key, what, unit]) => {
      const values = this.values.get(key);
      return values ? [{ key, what, unit, spread: spread(values) }] : [];
    });
  }

  async close(): Promise<void> {
    await this.writer.stop();
    this.watch.close();
    await this.stage.close();
  }

  private async join(
    userData: Buffer,
  ): Promise<{ readonly instance: Instance; readonly back: Return; readonly result: UserDataResult }> {
    const instance = await this.launch(REPLICA, userData);
    const since = instance.startedAt.getTime();
    const back = await this.watch.untilSynced(instance.privateIp, since, PATIENCE);
    if (back.master !== this.filled)
      throw new Error(`the replica follows ${back.master}, not ${this.filled}`);
    return { instance, back, result: await this.finished(instance) };
  }

  private async launch(statefulInstanceId: string, userData: Buffer): Promise<Instance> {
    const instanceId = `i-${(++this.launched).toString(16).padStart(17, "0")}`;
    await this.stage.fleet.launch({
      ...{ statefulInstanceId, instanceId, userData },
      ...{ availabilityZone: "us-west-2a", subnetId: "subnet-0a1b", instanceType: "r6i.large" },
      lifecycle: "SPOT",
    });
    return this.stage.fleet.instance(instanceId);
  }

  private async started(statefulInstanceId: string, userData: Buffer): Promise<Instance> {
    const instance = await this.launch(statefulInstanceId, userData);
    await this.finished(instance);
    return instance;
  }

  private async finished(instance: Instance): Promise<UserDataResult> {
    const result = await instance.waitForUserData(PATIENCE);
    if (!result.succeeded) throw new Error(`user data failed\n${result.errors.join("\n")}`);
    return result;
  }

  /** A spot interruption with an interruption notice. Resolves when the instance is off. */
  private async stop(instance: Instance): Promise<void> {
    await this.stage.fleet.stop(instance.instanceId, "clean");
  }

  private async counts(): Promise<{ full: number; partial: number; sent: Map<string, number> }> {
    const { servers } = this.stage.masters;
    const stats = await Promise.all(servers.map(({ node }) => node.info("stats")));
    const sum = (name: string): number => stats.reduce((total, each) => total + Number(each[name]), 0);
    return {
      full: sum("sync_full"),
      partial: sum("sync_partial_ok"),
      sent: new Map(
        servers.map(({ address }, index) => [address, Number(stats[index]!["total_net_repl_output_bytes"])]),
      ),
    };
  }

  private note(values: Readonly<Record<string, number | undefined>>): void {
    const known = Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== undefined);
    for (const [key, value] of known) this.values.set(key, [...(this.values.get(key) ?? []), value]);
    this.talk(known.map(([key, value]) => `${key} ${Math.round(value * 100) / 100}`).join("  "));
  }
}

/** The journal of Redis and the agent since the boot of the instance. */
async function journalOf(instance: Instance): Promise<string> {
  return (await instance.exec(["journalctl", "--boot", "--unit=redis-replica", "--output=cat"])).stdout;
}

/** The number in the last match; NaN where there is none. */
function last(text: string, pattern: RegExp): number {
  return Number([...text.matchAll(new RegExp(pattern, "g"))].at(-1)?.[1]);
}
