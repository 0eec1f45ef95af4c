import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { generator } from "../random";
import { type Scene } from "../scene";
import { until } from "../wait";
import { endsWell, type Ending, type Fault, holds, since } from "./fault";
import { PLACEMENT_LOCK } from "./placement-lock";

/** The value of a lock key that no instance set. It has no time to live, so it counts as no lock. */
const FOREIGN = "not an instance's";

async function mastersOf(scene: Scene, of: readonly number[]): Promise<readonly number[]> {
  return Promise.all(of.map((place) => scene.masterOf(place)));
}

/** Runs `reconcile` once more on each machine, as its timer does every 15 seconds. */
async function reconcile(scene: Scene, of: readonly number[]): Promise<void> {
  for (const place of of) {
    const argv = ["systemctl", "start", "redis-replica-reconcile.service"];
    const { code } = await scene.instance(place).exec(argv);
    const journal = code === 0 ? "" : await scene.instance(place).journal(20);
    holds(`reconcile at place ${place} succeeds\n${journal}`, code === 0);
  }
}

async function placed(
  scene: Scene,
  of: readonly number[],
): Promise<{ readonly on: readonly number[]; readonly note: string }> {
  const on = await mastersOf(scene, of);
  const { full } = await scene.syncs();
  const key = async (): Promise<string> => scene.masters.cli(0, "-c", "GET", PLACEMENT_LOCK);
  await until("no instance's lock is left", { timeout: 5000, evidence: key }, async () => {
    return ["", FOREIGN].includes(await key());
  });
  const spread = scene.masters.addresses.map((_, master) => on.filter((each) => each === master).length);
  return { on, note: `${spread.join("/")}, ${full} full syncs` };
}

/** Boots machines, each after its delay in ms; returns the seconds until all are in sync, and their masters. */
async function boot(
  scene: Scene,
  of: readonly number[],
  delays: readonly number[] = [],
): Promise<{ readonly seconds: number; readonly on: readonly number[]; readonly note: string }> {
  const start = Date.now();
  await Promise.all(
    of.map(async (place) => {
      await sleep(delays[place] ?? 0);
      await scene.launch(place);
    }),
  );
  await Promise.all(of.map((place) => scene.inSync(place)));
  return { seconds: since(start), ...(await placed(scene, of)) };
}

interface EvenBoot {
  /** @default 6 */
  readonly count?: number;
  /** Of each machine, in ms. @default none */
  readonly delays?: readonly number[];
  /** Whether instances can set the placement lock. @default true */
  readonly lock?: boolean;
}

/** New replicas of three masters boot, and are spread evenly over the masters. */
async function bootEvenly(scene: Scene, { count = 6, delays, lock = true }: EvenBoot = {}): Promise<Ending> {
  const places = Array.from({ length: count }, (_, place) => place);
  if (!lock) await scene.masters.cli(0, "-c", "SET", PLACEMENT_LOCK, FOREIGN);
  await scene.write();
  const { seconds, ...first } = await boot(scene, places, delays);
  const each = count / 3;
  const even = `${each}/${each}/${each}, ${count} full syncs`;
  holds(`they are spread evenly, each synced once (${first.note})`, first.note === even);
  await reconcile(scene, places);
  const then = await placed(scene, places);
  holds(`no replica moved (${String(first.on)}; ${String(then.on)})`, String(then.on) === String(first.on));
  holds(`no replica was synced again (${then.note})`, then.note === even);
  return { outcome: "joined", seconds, resync: "full", note: then.note, ...(await endsWell(scene, places)) };
}

/** The delays are random in each run. `REHEARSAL_SEED` repeats the delays of a run. */
async function bootAtRandom(scene: Scene, props: EvenBoot = {}): Promise<Ending> {
  const seed = Number(process.env["REHEARSAL_SEED"] ?? randomInt(2 ** 31));
  const random = generator(seed);
  const delays = Array.from({ length: 6 }, () => Math.round(random() * 30_000));
  const repeat = `REHEARSAL_SEED=${seed}: ${delays.join(", ")} ms`;
  const ending = await bootEvenly(scene, { ...props, delays }).catch((error: unknown) => {
    throw new Error(`${repeat}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  });
  return { ...ending, note: `${ending.note}, ${repeat}` };
}

const atOnce: Fault = {
  id: "F17",
  title: "six replicas boot at once over three masters",
  scene: { replicas: 0 },
  run: (scene) => bootEvenly(scene),
};

const jittered: Fault = {
  id: "F17b",
  title: "six replicas boot within 30 seconds, at random times",
  scene: { replicas: 0 },
  run: (scene) => bootAtRandom(scene),
};

const besideDead: Fault = {
  id: "F17c",
  title: "two replicas boot while a master's only replica is dead: they go to the other masters",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const master = await scene.masterOf(0);
    await scene.write();
    await scene.stop(0, "gone");
    await until("every master flags it as failed", { timeout: 30_000 }, async () => {
      return (await scene.seen(id)).every((line) => line?.flags.includes("fail"));
    });
    const { seconds, on, note } = await boot(scene, [1, 2]);
    holds(
      `each has a master of its own, and none the dead one's (${note})`,
      new Set([master, ...on]).size === 3,
    );
    await reconcile(scene, [1, 2]);
    holds("no replica moved", String(await mastersOf(scene, [1, 2])) === String(on));
    return { outcome: "joined", seconds, resync: "full", note, ...(await endsWell(scene, [1, 2])) };
  },
};

const ofShard: Fault = {
  id: "F17d",
  title:
    "three replicas boot at once with a shard in their settings: all follow its master, though others have none",
  scene: { replicas: 0, shard: 1 },
  async run(scene) {
    await scene.write();
    const three = [0, 1, 2];
    const { seconds, on, note } = await boot(scene, three);
    holds(`all follow the shard's master, each synced once (${note})`, note === "0/3/0, 3 full syncs");
    await reconcile(scene, three);
    holds("no replica moved", String(await mastersOf(scene, three)) === String(on));
    return { outcome: "joined", seconds, resync: "full", note, ...(await endsWell(scene, three)) };
  },
};

const withoutLock: Fault = {
  id: "F17e",
  title: "six replicas boot at once, and cannot set the placement lock",
  scene: { replicas: 0 },
  run: (scene) => bootEvenly(scene, { lock: false }),
};

const jitteredWithoutLock: Fault = {
  id: "F17f",
  title: "six replicas boot within 30 seconds, at random times, and cannot set the placement lock",
  scene: { replicas: 0 },
  run: (scene) => bootAtRandom(scene, { lock: false }),
};

const twelve: Fault = {
  id: "F17g",
  title: "twelve replicas boot at once over three masters",
  scene: { replicas: 0 },
  run: (scene) => bootEvenly(scene, { count: 12 }),
};

export const placement = [atOnce, jittered, besideDead, ofShard, withoutLock, jitteredWithoutLock, twelve];
