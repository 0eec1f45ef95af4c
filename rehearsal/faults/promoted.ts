import { setTimeout as sleep } from "node:timers/promises";
import { Pings } from "../pings";
import { type RedisNode } from "../redis-node";
import { type Scene } from "../scene";
import { type Snapshot } from "../volume";
import { until } from "../wait";
import { Writer } from "../writer";
import { endsWell, type Ending, type Fault, holds, more, nothingLost, recovery, since } from "./fault";

/** The replica's master is killed for good and the replica is elected; returns the master's place. */
export async function promote(scene: Scene): Promise<number> {
  await sleep(1000); // what is acknowledged here must survive, too
  const master = await scene.masterOf(0);
  await scene.masters.kill(master);
  await scene.node(0).until("replication", "role", "master", { timeout: 60_000 });
  // What the timer does within 15 seconds.
  await scene.startLook(0);
  await scene.reaches(0, /^promoted/);
  return master;
}

/**
 * The other shards' masters are asked five times a second meanwhile. A master that is caught in a loop of replicas never
 * answers again; two seconds is what the agent gives an answer.
 */
export function answering(run: Fault["run"]): Fault["run"] {
  return async (scene) => {
    const shard = await scene.masterOf(0);
    const pings = Pings.start(scene.masters.addresses.filter((_, place) => place !== shard));
    const ending = await run(scene).finally(() => pings.stop());
    const silence = await pings.stop();
    holds(`the other masters answered all the time, one not for ${silence} ms`, silence < 2000);
    return ending;
  };
}

/** Waits until the promoted node's append-only file is on, and no rewrite of it is under way. */
export async function appendOnlyComplete(scene: Scene): Promise<void> {
  await until("the append-only file is complete", { timeout: 30_000 }, async () => {
    const info = await scene.node(0).info("persistence");
    return info["aof_enabled"] === "1" && info["aof_rewrite_in_progress"] === "0";
  });
}

/** A promoted node that ran before serves its slots again, as the same node, and has every write; `start` starts it. */
export async function servesAgain(scene: Scene, id: string, start: () => Promise<unknown>): Promise<Ending> {
  const begun = Date.now();
  await start();
  await scene.reaches(0, /^promoted/);
  const seconds = since(begun);
  holds("it is the same node", (await scene.node(0).cli("CLUSTER", "MYID")) === id);
  // The others hold a master for failed until two node timeouts after it is back, and serve nothing so long.
  await until("the cluster is whole", { timeout: 30_000 }, () => scene.whole());
  const counts = nothingLost(await scene.verdict());
  holds("nothing that was written to the promoted node is gone", counts.lostPlain === 0);
  return { outcome: "serves", seconds, ...counts };
}

/** Boots on an image that must be refused; the node stays down. */
export async function refused(scene: Scene, image: Snapshot): Promise<Ending> {
  const start = Date.now();
  await scene.restore(0, image);
  await scene.reaches(0, /^refused/, 150_000);
  const seconds = since(start);
  holds("Redis does not run", !(await scene.node(0).answers()));
  holds("the state says 20", (await scene.status(0)).code === 20);
  holds("every master answers", await scene.mastersAnswer());
  return { outcome: "refused", seconds };
}

interface Return {
  /** Whether the volume is from before the promotion, or after it. */
  readonly image: "before" | "after";
  /** Back before the copy is elected, or after; or the copy is barred from elections. */
  readonly back: "quick" | "slow" | "barred";
}

/** The three ways in which a promoted node can come back on such an image, with their names. */
export function returns(
  image: Return["image"],
  ids: Readonly<Record<Return["back"], string>>,
): readonly Fault[] {
  const what = `promoted, image from ${image} the promotion`;
  return [
    {
      id: ids.slow,
      title: `${what}, back after its copy was elected`,
      run: returning({ image, back: "slow" }),
    },
    {
      id: ids.quick,
      title: `${what}, back before its copy is elected`,
      // Redis's own default: longer than a boot takes, also on a busy machine.
      scene: { nodeTimeout: 15_000 },
      run: returning({ image, back: "quick" }),
    },
    {
      id: ids.barred,
      title: `${what}, its copy barred from elections: refuses`,
      run: returning({ image, back: "barred" }),
    },
  ];
}

/**
 * The replica is promoted, the old master returns as its copy, and then the promoted node is lost and comes back on an
 * older image. What was acknowledged just before the loss is written by nobody again, so that it must be seen at the end.
 */
function returning({ image, back }: Return): Fault["run"] {
  return answering(async (scene) => {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const early = image === "before" ? await scene.snapshot(0) : undefined;
    const writer = await scene.write();
    const place = await promote(scene);
    const copy = await copied(scene, place, back === "barred");
    await more(writer, 2000);
    const older = early ?? (await scene.snapshot(0));
    const last = await Writer.start({ seeds: [...scene.masters.addresses], prefix: "last" });
    await more(last, 2000);
    await last.stop();
    await scene.stop(0, "gone");
    if (back === "barred") return { ...(await decided(scene, older, copy)), ...(await end(scene, last)) };
    if (back === "slow") await copy.until("replication", "role", "master", { timeout: 60_000 });
    const found = await recovery(scene, { id, timeout: 180_000 }, () => scene.restore(0, older));
    if (back === "quick") {
      const journal = await scene.instance(0).journal(1000);
      holds(
        "it was back before another was elected",
        /a replica was connected until this node stopped/.test(journal),
      );
    }
    return { outcome: "back", ...found, ...(await end(scene, last)) };
  });
}

/** The old master comes back and is in sync as a replica of the promoted node. */
async function copied(scene: Scene, place: number, barred: boolean): Promise<RedisNode> {
  await scene.masters.restart(place);
  const copy = scene.masters.node(place);
  await copy.until("replication", "master_link_status", "up", { timeout: 60_000 });
  if (!barred) return copy;
  await copy.cli("CONFIG", "SET", "cluster-replica-no-failover", "yes");
  const id = await copy.cli("CLUSTER", "MYID");
  await until("every master knows that the copy is barred", { timeout: 30_000 }, async () => {
    return (await scene.seen(id)).every((line) => line?.flags.includes("nofailover"));
  });
  return copy;
}

/** Refused, with the commands by which a person has the copy serve and the node follow it. */
async function decided(
  scene: Scene,
  image: Snapshot,
  copy: RedisNode,
): Promise<Pick<Ending, "outcome" | "seconds">> {
  const ending = await refused(scene, image);
  const journal = await scene.instance(0).journal(1000);
  const said = /redis-cli -h (\S+) -p \d+ (cluster failover takeover)/.exec(journal);
  holds("the command that makes the copy serve is said", said?.[1] === copy.address && said[2]);
  await copy.cli(...said[2].split(" "));
  await scene.instance(0).exec(["redis-replica", "retry"]);
  await scene.inSync(0);
  return ending;
}

/** Nothing acknowledged is gone, neither of what was written last before the loss nor of all the rest. */
async function end(scene: Scene, last: Writer): Promise<Omit<Ending, "outcome" | "seconds">> {
  const rest = await endsWell(scene);
  const nodes = [...scene.masters.addresses, scene.address(0)];
  const counts = nothingLost(await last.verify(nodes));
  return {
    acknowledged: counts.acknowledged + rest.acknowledged,
    lostAcknowledged: counts.lostAcknowledged + rest.lostAcknowledged,
    lostPlain: counts.lostPlain + rest.lostPlain,
  };
}
