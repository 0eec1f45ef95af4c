import { progress } from "../progress";
import { type RedisNode } from "../redis-node";
import { type Scene, type SceneProps, type Traffic } from "../scene";
import { until, untilAbove } from "../wait";
import { type Verdict, type Writer } from "../writer";

/** The result of a fault, for a row of the table. */
export interface Ending {
  /** back: replicas in sync again; joined: new ones in sync; serves: a node serves again; refused: a refusal. */
  readonly outcome: "back" | "joined" | "serves" | "refused";
  /** Seconds from the first boot after the fault until this outcome. */
  readonly seconds: number;
  /** How the data came back; absent if no node replicated from another. */
  readonly resync?: "partial" | "full";
  /** For a partial resync: the bytes that the master sent, divided by the bytes that the volume was behind. */
  readonly ratio?: number;
  readonly acknowledged?: number;
  readonly lostAcknowledged?: number;
  readonly lostPlain?: number;
  /** More information about the run. */
  readonly note?: string;
}

/** A fault and the conditions that must hold afterwards; `run` throws if one does not hold. */
export interface Fault {
  /** Such as `F12`. */
  readonly id: string;
  readonly title: string;
  readonly scene?: SceneProps;
  /** Why it is not played on a secured cluster. @default - it is played there, too */
  readonly notSecured?: string;
  /** Further servers that it needs, by name; they are built before it runs. @default none */
  readonly servers?: readonly string[];
  readonly run: (scene: Scene) => Promise<Ending>;
}

/** Throws an error with the fact if it does not hold. */
export function holds(fact: string, value: unknown): asserts value {
  if (!value) throw new Error(`does not hold: ${fact}`);
}

/** Seconds since a moment. */
export function since(start: number): number {
  return Math.round((Date.now() - start) / 100) / 10;
}

/** Starts a recovery and waits until the replica is in sync with its old node ID. Returns the time and the resync. */
export async function recovery(
  scene: Scene,
  { place = 0, id, timeout }: { readonly place?: number; readonly id: string; readonly timeout?: number },
  act: () => Promise<unknown>,
): Promise<Pick<Ending, "seconds" | "resync" | "ratio">> {
  const before = await scene.traffic();
  const start = Date.now();
  await act();
  progress(`waiting until machine ${place} is in sync`);
  await scene.inSync(place, timeout);
  const seconds = since(start);
  progress(`machine ${place} is in sync after ${seconds} s`);
  holds("it is the same node", (await scene.node(place).cli("CLUSTER", "MYID")) === id);
  const replication = await scene.node(place).info("replication");
  const master = replication["master_host"] ?? "";
  const sent = sentTo(scene.address(place), master, before, await scene.traffic());
  const { full, from } = await scene.resync(place);
  if (full) return { seconds, resync: "full" };
  const ratio = sent / (Number(replication["slave_repl_offset"]) - from);
  return {
    seconds,
    resync: "partial",
    ...(Number.isFinite(ratio) && { ratio: Math.round(ratio * 100) / 100 }),
  };
}

/** Waits until the state names the cause of a wait, at most a minute. */
export async function namesCause(scene: Scene, cause: RegExp, place = 0): Promise<string> {
  const text = await scene.reaches(place, cause, 60_000);
  const { code } = await scene.status(place);
  holds(`the exit code of the status is not 0 (${text})`, code !== 0);
  return text;
}

/** Kills Redis on a machine by SIGKILL; resolves when another Redis process runs. */
export async function killRedis(scene: Scene, place = 0): Promise<void> {
  const pid = await scene.pid(place);
  await scene.instance(place).exec(["systemctl", "kill", "-s", "KILL", "redis-replica"]);
  await scene.anotherPid(place, pid);
}

/** Waits until a master starts at most one full sync in 30 seconds: each costs it a fork and all its data. */
export async function syncsSlow(node: RedisNode): Promise<void> {
  const looks: { readonly at: number; readonly count: number }[] = [];
  const evidence = (): string => looks.map(({ at, count }) => `${at}: ${count}`).join("\n");
  await until(
    "a master starts at most one full sync in 30 s",
    { timeout: 90_000, every: 1000, evidence },
    async () => {
      const look = { at: Date.now(), count: Number((await node.info("stats"))["sync_full"]) };
      looks.push(look);
      const before = looks.filter(({ at }) => at <= look.at - 30_000).at(-1);
      return before && look.count - before.count <= 1;
    },
  );
}

/** The bytes that a master has sent to one replica meanwhile: its total, less the bytes for its other replicas. */
function sentTo(
  replica: string,
  master: string,
  before: readonly Traffic[],
  after: readonly Traffic[],
): number {
  const grown = (address: string, of: "sent" | "got"): number => {
    const [from, to] = [before, after].map((all) => all.find((each) => each.address === address)?.[of]);
    return (to ?? NaN) - (from ?? NaN);
  };
  const others = after.filter((each) => each.master === master && each.address !== replica);
  return others.reduce((rest, { address }) => rest - grown(address, "got"), grown(master, "sent"));
}

/**
 * Waits until more than `count` further writes have got OK, or are acknowledged. How long that takes depends on the load
 * of this machine, so without a timeout only a cluster is given up that has had no such write for 30 seconds.
 */
export async function more(
  writer: Writer,
  count: number,
  { what = "acknowledged", timeout = 600_000 }: { what?: "plain" | "acknowledged"; timeout?: number } = {},
): Promise<void> {
  const goal = writer.counts[what] + count;
  const evidence = (): string => JSON.stringify(writer.counts);
  const options = { timeout, pause: 30_000, evidence };
  await untilAbove(`further writes are ${what}`, options, goal, () => writer.counts[what]);
}

/** Writes, and waits until the replica has every write. */
export async function caughtUp(
  scene: Scene,
): Promise<{ readonly digest: string; readonly acknowledged: number }> {
  const writer = await scene.write();
  await more(writer, 2000);
  await writer.stop();
  await until("the replica has all keys", { timeout: 10_000 }, () => scene.equal(0));
  return { digest: await scene.node(0).digest(), acknowledged: writer.counts.acknowledged };
}

/** Runs a line of shell on the machine. */
export function shell(scene: Scene, command: string): Promise<string> {
  return scene.run(0, ["sh", "-c", command]);
}

/** The part of a verdict that is shown in the table. */
type Counts = Required<Pick<Ending, "acknowledged" | "lostAcknowledged" | "lostPlain">>;

/** Throws if an acknowledged write is gone or a key could not be read. */
export function nothingLost(verdict: Verdict): Counts {
  const { acknowledged, lostAcknowledged, lostPlain, unanswered, list } = verdict;
  holds(`no acknowledged write is gone (${JSON.stringify(list.slice(0, 5))})`, lostAcknowledged === 0);
  holds("every key could be read", unanswered === 0);
  return { acknowledged, lostAcknowledged, lostPlain };
}

/** Checks after every fault: no acknowledged write is gone, every master answers, and replicas have equal contents. */
export async function endsWell(scene: Scene, places: readonly number[] = [0]): Promise<Counts> {
  progress("reading every acknowledged write, and comparing contents");
  const counts = nothingLost(await scene.verdict());
  holds("writes were acknowledged", counts.acknowledged > 0);
  holds("every master answers", await scene.mastersAnswer());
  for (const place of places) {
    await scene.inSync(place);
    holds(`the contents at place ${place} are its master's`, await scene.equal(place));
  }
  return counts;
}
