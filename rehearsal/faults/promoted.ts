import { setTimeout as sleep } from "node:timers/promises";
import { LivenessProbe } from "../liveness-probe";
import { type RedisNode } from "../redis-node";
import { type Scene } from "../scene";
import { type Snapshot } from "../volume";
import { until } from "../wait";
import { Writer } from "../writer";
import { endsWell, type Ending, type Fault, holds, more, nothingLost, recovery, since } from "./fault";

/** Kills the replica's master permanently, so that the replica is elected; returns the master's place. */
export async function promote(scene: Scene): Promise<number> {
  await sleep(1000); // these acknowledged writes must survive, too
  const master = await scene.masterOf(0);
  await scene.masters.kill(master);
  await scene.node(0).until("replication", "role", "master", { timeout: 60_000 });
  // The timer would run it within 15 seconds.
  await scene.startLook(0);
  await scene.reaches(0, /^promoted/);
  return master;
}

/**
 * Meanwhile the masters of the other shards are asked five times a second. A master in a loop of replicas never answers
 * again. The agent's timeout for an answer is two seconds.
 */
export function answering(run: Fault["run"]): Fault["run"] {
  return async (scene) => {
    const shard = await scene.masterOf(0);
    const others = scene.masters.addresses.filter((_, place) => place !== shard);
    const probe = LivenessProbe.start(others, scene.login);
    const ending = await run(scene).finally(() => probe.stop());
    const silence = await probe.stop();
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

/** Checks that a promoted node, started by `start`, serves its slots again with its node ID and every write. */
export async function servesAgain(scene: Scene, id: string, start: () => Promise<unknown>): Promise<Ending> {
  const begun = Date.now();
  await start();
  await scene.reaches(0, /^promoted/);
  const seconds = since(begun);
  holds("it is the same node", (await scene.node(0).cli("CLUSTER", "MYID")) === id);
  // The others flag a master as failed until two node timeouts after its return, and serve nothing until then.
  await until("the cluster state is ok", { timeout: 30_000 }, () => scene.whole());
  const counts = nothingLost(await scene.verdict());
  holds("no write to the promoted node is gone", counts.lostPlain === 0);
  return { outcome: "serves", seconds, ...counts };
}

/** Boots on an image that must be refused; the node stays down. */
export async function refused(scene: Scene, image: Snapshot): Promise<Ending> {
  const start = Date.now();
  await scene.restore(0, image);
  await scene.reaches(0, /^refused/, 150_000);
  const seconds = since(start);
  holds("Redis does not run", !(await scene.node(0).answers()));
  holds("the status exits with 20", (await scene.status(0)).code === 20);
  holds("every master answers", await scene.mastersAnswer());
  return { outcome: "refused", seconds };
}

interface Return {
  /** Whether the volume is from before the promotion, or after it. */
  readonly image: "before" | "after";
  /** The node is back before or after its replica is elected, or the replica is barred from elections. */
  readonly back: "quick" | "slow" | "barred";
}

/** The three ways in which a promoted node can come back on such an image. */
export function returns(
  image: Return["image"],
  ids: Readonly<Record<Return["back"], string>>,
): readonly Fault[] {
  const what = `promoted, image from ${image} the promotion`;
  return [
    {
      id: ids.slow,
      title: `${what}, back after its replica was elected`,
      run: returning({ image, back: "slow" }),
    },
    {
      id: ids.quick,
      title: `${what}, back before its replica is elected`,
      // Redis's own default: longer than a boot takes, even on a busy machine.
      scene: { nodeTimeout: 15_000 },
      run: returning({ image, back: "quick" }),
    },
    {
      id: ids.barred,
      title: `${what}, its replica barred from elections: refuses`,
      run: returning({ image, back: "barred" }),
    },
  ];
}

/**
 * The replica is promoted, and the old master returns as its replica. Then the promoted node is lost and comes back on
 * an older image. The keys that were acknowledged just before the loss are never written again, so losses stay visible.
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
    const last = await Writer.start({
      ...scene.applicationLogin,
      seeds: [...scene.masters.addresses],
      prefix: "last",
    });
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
  await until("every master knows that the replica is barred", { timeout: 30_000 }, async () => {
    return (await scene.seen(id)).every((line) => line?.flags.includes("nofailover"));
  });
  return copy;
}

/** The node refuses, with the commands by which an operator promotes the replica and has the node follow it. */
async function decided(
  scene: Scene,
  image: Snapshot,
  copy: RedisNode,
): Promise<Pick<Ending, "outcome" | "seconds">> {
  const ending = await refused(scene, image);
  const journal = await scene.instance(0).journal(1000);
  const promotion = /redis-cli .*?-h (\S+) -p \d+ .*?(cluster failover takeover)/.exec(journal);
  holds(
    "the journal has the command that promotes the replica",
    promotion?.[1] === copy.address && promotion[2],
  );
  await copy.cli(...promotion[2].split(" "));
  await scene.instance(0).exec(["redis-replica", "retry"]);
  await scene.inSync(0);
  return ending;
}

/** Checks that no acknowledged write is gone, neither of the last ones before the loss nor of all others. */
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
