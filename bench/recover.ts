import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { type ClusterNode } from "../cluster/cluster-nodes";
import { type AgentArchive, BootScript, RedisInstall } from "../constructs";
import { hostAgent } from "../rehearsal/agent";
import { type Instance } from "../rehearsal/instance";
import { RedisNode } from "../rehearsal/redis-node";
import { type Snapshot } from "../rehearsal/volume";
import { type BenchOptions, type Extent } from "./bench";
import { BootedCluster, journalOf, PATIENCE } from "./booted-cluster";
import { type Case, nameOf, type Origin } from "./cases";
import { fill } from "./fill";
import { type Series } from "./series";
import { SteadyWrites } from "./steady-writes";

export const boots = "always";

/** Each size at one rate, and each rate at one size. */
const CASES: Readonly<Record<Extent, readonly Case[]>> = {
  full: [
    { megabytes: 50, rate: 0.1 },
    { megabytes: 50, rate: 1 },
    { megabytes: 50, rate: 5 },
    { megabytes: 500, rate: 1 },
    { megabytes: 2048, rate: 1 },
  ],
  quick: [
    { megabytes: 50, rate: 0.1 },
    { megabytes: 50, rate: 1 },
    { megabytes: 50, rate: 5 },
    { megabytes: 500, rate: 1 },
    { megabytes: 2048, rate: 1 },
  ],
  tiny: [{ megabytes: 1, rate: 0.1 }],
};

/** Seconds of writes between the image of a volume and the loss of its instance. */
const AGES: Readonly<Record<Extent, { readonly young: number; readonly old: number }>> = {
  full: { young: 30, old: 300 },
  quick: { young: 30, old: 300 },
  tiny: { young: 1, old: 3 },
};

/** Images that age at the same time. A recovery takes a third of the 30 seconds, so none has to wait much longer. */
const AHEAD = 3;

/** A master, and its replica on an instance. */
interface Shard extends Case {
  readonly name: string;
  readonly owner: ClusterNode;
  readonly statefulInstanceId: string;
  readonly userData: Buffer;
  instance: Instance;
}

/** Replacements: of interrupted instances, and from images that are 30 and 300 seconds old, while clients write. */
export async function measure({ extent, runs, series, note }: BenchOptions): Promise<void> {
  const times = runs ?? { full: 3, quick: 2, tiny: 1 }[extent];
  const ages = AGES[extent];
  // Backlogs must have all writes since the oldest image. Otherwise a recovery is a full resync.
  const directives = { "repl-backlog-size": "6gb" };
  const cluster = await BootedCluster.open({ masters: Math.max(3, CASES[extent].length), directives });
  const writers: SteadyWrites[] = [];
  try {
    const shards = await openShards(cluster, CASES[extent], note);
    for (const { owner, rate } of shards) writers.push(await SteadyWrites.start(owner, rate * 1e6));
    note(`the images of ${ages.old} s age from now on`);
    const images = new Map<Shard, Image>();
    for (const shard of shards) images.set(shard, await imageOf(shard));
    for (let run = 0; run < times; run++)
      for (const shard of shards) await recover(cluster, shard, "clean", series);
    await recoverYoung(cluster, shards, { times, seconds: ages.young, series });
    for (let run = 0; run < times; run++) {
      for (const shard of shards) {
        const image = images.get(shard)!;
        await reaches(image, ages.old);
        await recover(cluster, shard, "old", series, image);
      }
    }
    for (const writer of writers) await writer.stop();
  } finally {
    for (const writer of writers) await writer.stop().catch(() => undefined);
    await cluster.close();
  }
}

async function openShards(
  cluster: BootedCluster,
  cases: readonly Case[],
  note: BenchOptions["note"],
): Promise<Shard[]> {
  const { masters, mirror } = cluster.stage;
  const agent = await hostAgent(mirror);
  const owners = (await masters.nodes(0)).filter(({ slots }) => slots.length > 0);
  const shards: Shard[] = [];
  for (const [index, { megabytes, rate }] of cases.entries()) {
    const name = nameOf({ megabytes, rate });
    note(`writing ${megabytes} MB, and booting its replica`);
    const owner = owners[index]!;
    await fill(owner, megabytes);
    const statefulInstanceId = `ssi-${index}`;
    const userData = userDataOf(owner, agent);
    const instance = await cluster.launch(statefulInstanceId, userData);
    await cluster.watch.untilSynced(instance.privateIp, Date.now(), PATIENCE);
    await cluster.finished(instance);
    shards.push({ megabytes, rate, name, owner, statefulInstanceId, userData, instance });
  }
  // The bare boots that are compared are replacements, too: on a volume that has been booted.
  await cluster.bareBoot({ isFirst: true });
  return shards;
}

function userDataOf({ address }: ClusterNode, agent: AgentArchive): Buffer {
  const redis = { install: RedisInstall.fromPackage() };
  return gzipSync(new BootScript({ masters: [address], shard: address, redis, agent }).text);
}

/** An image of a volume, and when it was taken. */
interface Image {
  readonly snapshot: Snapshot;
  readonly at: number;
}

async function imageOf({ instance }: Shard): Promise<Image> {
  return { at: Date.now(), snapshot: await instance.snapshot({ pause: true }) };
}

/** Waits until an image has an age in seconds. */
async function reaches({ at }: Image, seconds: number): Promise<void> {
  await sleep(Math.max(0, at + seconds * 1000 - Date.now()));
}

/** Recoveries from images, the next ones of which age while one is recovered. */
async function recoverYoung(
  cluster: BootedCluster,
  shards: readonly Shard[],
  { times, seconds, series }: { readonly times: number; readonly seconds: number; readonly series: Series },
): Promise<void> {
  const queue = Array.from({ length: times }, () => shards).flat();
  const aging: { readonly shard: Shard; readonly image: Image }[] = [];
  while (queue.length + aging.length > 0) {
    // One image of a shard at a time: its next instance must be running when its image is taken.
    while (aging.length < Math.min(AHEAD, shards.length) && queue.length > 0) {
      const shard = queue.shift()!;
      aging.push({ shard, image: await imageOf(shard) });
    }
    const { shard, image } = aging.shift()!;
    await reaches(image, seconds);
    await recover(cluster, shard, "young", series, image);
  }
}

/** Ends the instance of a shard, by an interruption or, where there is an image, by its loss, and measures the replacement. */
async function recover(
  cluster: BootedCluster,
  shard: Shard,
  origin: Origin,
  series: Series,
  image?: Image,
): Promise<void> {
  const { owner, statefulInstanceId, userData } = shard;
  const { fleet } = cluster.stage;
  const master = new RedisNode(owner.address);
  const age = image === undefined ? undefined : (Date.now() - image.at) / 1000;
  if (image === undefined) await cluster.interrupt(shard.instance);
  else {
    await fleet.stop(shard.instance.instanceId, "gone");
    // The link to an instance that is lost stays online for a minute. It must not be taken for that of the replacement.
    await master.cli("CLIENT", "KILL", "TYPE", "replica");
    await fleet.restore(statefulInstanceId, image.snapshot);
  }
  const bare = await cluster.bareBoot({ isFirst: false });
  const sentBefore = await cluster.watch.sentBy(owner.address);
  shard.instance = await cluster.launch(statefulInstanceId, userData);
  const { privateIp, startedAt } = shard.instance;
  const back = await cluster.watch.untilSynced(privateIp, startedAt.getTime(), PATIENCE);
  if (back.master !== owner.address)
    throw new Error(`the replica follows ${back.master}, not ${owner.address}`);
  const { finished } = await cluster.finished(shard.instance);
  const log = await journalOf(shard.instance);
  const load = last(log, /DB loaded from disk: ([\d.]+) seconds/) * 1000;
  const missed = back.offset - (last(log, /partial resynchronization \(request \w+:(\d+)\)/) - 1);
  const sent = back.sent - sentBefore;
  const add = (what: string, unit: Parameters<Series["add"]>[1], value?: number): void => {
    series.add(`${shard.name}.${origin}.${what}`, unit, value);
  };
  add("online", "ms", back.online);
  add("synced", "ms", back.synced);
  add("finished", "ms", finished);
  add("bare", "ms", bare.finished);
  add("load", "ms", load);
  add("beyond", "ms", back.online - bare.finished - load);
  add("age", "s", age);
  add("missed", "B", missed);
  add("sent", "B", sent);
  add("ratio", "x", sent / missed);
  add("full", "", /Full resync from master/.test(log) ? 1 : 0);
}

/** The number in the last match; NaN where there is none. */
function last(text: string, pattern: RegExp): number {
  return Number([...text.matchAll(new RegExp(pattern, "g"))].at(-1)?.[1]);
}
