import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type RedisNode } from "../redis-node";
import { type Scene } from "../scene";
import { until } from "../wait";
import { type Ending, endsWell, type Fault, holds, more, recovery, shell, since } from "./fault";
import { appendOnlyComplete, promote } from "./promoted";

/** Seconds from the notice to the interruption: enough to hand over first, and to stop Redis later. */
const NOTICE = 45;
/** The longest time in which a shard may accept no writes, in milliseconds. */
const GAP = 3000;

/** Promotes the replica of place 0, beside another replica in sync; returns that one. */
async function owner(scene: Scene): Promise<RedisNode> {
  const place = await scene.masterOf(0);
  const copy = scene.masters.node(await scene.masters.addReplica(place));
  await copy.cli("CONFIG", "SET", "cluster-replica-no-failover", "yes");
  await promote(scene);
  await appendOnlyComplete(scene);
  await copy.until("replication", "master_link_status", "up", { timeout: 60_000 });
  // No hand-over within W of a promotion, which is one minute, or six node timeouts. The masters vote after two.
  await sleep(12_000);
  await scene.run(0, ["sh", "-c", "echo 1 >/run/redis-replica/promoted"]);
  return copy;
}

/** Waits until the other replica owns the slots. */
async function takesOver(scene: Scene, copy: RedisNode): Promise<void> {
  const evidence = (): Promise<string> => scene.instance(0).journal(60);
  await until("the other replica owns the slots", { timeout: 30_000, evidence }, async () => {
    return (await copy.info("replication"))["role"] === "master";
  });
}

/** The resident memory of the process that watches for announcements, in KiB. */
async function watchMemory(scene: Scene): Promise<number> {
  const script = `pid=$(systemctl show --property=MainPID --value redis-replica-watch)
sed -n 's/^VmRSS:\\s*\\([0-9]*\\) kB/\\1/p' "/proc/$pid/status"`;
  return Number(await shell(scene, script));
}

async function endsWithoutGap(
  scene: Scene,
): Promise<Pick<Ending, "note"> & Awaited<ReturnType<typeof endsWell>>> {
  const { longestGap } = await scene.verdict();
  holds(`no shard accepted no writes for ${longestGap} ms`, longestGap < GAP);
  return { note: `the longest gap of writes: ${longestGap} ms`, ...(await endsWell(scene)) };
}

/** The receipt on the volume of a machine that does not run. */
function receipt(scene: Scene): string {
  return readFileSync(scene.file(0, "var/lib/redis-replica/receipt"), "utf8");
}

const interrupted: Fault = {
  id: "F58",
  title: "an interruption notice at a promoted node, then a power cut: it hands over, saves and stops before",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const copy = await owner(scene);
    const writer = await scene.write();
    await more(writer, 1000);
    const time = Date.now() + NOTICE * 1000;
    scene.metadata.notice(scene.address(0), "terminate", new Date(time));
    await takesOver(scene, copy);
    holds("Redis still runs as a replica", (await scene.node(0).info("replication"))["role"] === "slave");
    await scene.reaches(0, /^in sync.*; an interruption is announced for /);
    await scene.reaches(0, /^waiting: Redis has ended: an interruption is announced for /, NOTICE * 1000);
    holds("Redis ended before the interruption", Date.now() < time);
    await sleep(time - Date.now());
    await scene.stop(0, "gone");
    holds("it left a receipt", receipt(scene).startsWith(`node ${id}`));
    const back = await recovery(scene, { id }, () => scene.launch(0));
    holds("the resync was partial", back.resync === "partial");
    return { outcome: "back", ...back, ...(await endsWithoutGap(scene)) };
  },
};

const recommended: Fault = {
  id: "F58b",
  title: "a rebalance recommendation at a promoted node: it hands over once, and Redis continues to run",
  async run(scene) {
    const copy = await owner(scene);
    const writer = await scene.write();
    await more(writer, 1000);
    const pid = await scene.pid(0);
    const begun = Date.now();
    scene.metadata.rebalance(scene.address(0));
    await takesOver(scene, copy);
    await scene.reaches(0, /^in sync.*; a rebalance is recommended since /);
    const seconds = since(begun);
    holds("Redis continues to run", (await scene.pid(0)) === pid);
    const memory = await watchMemory(scene);
    holds(`watching takes less than 10 MiB (${memory} KiB)`, memory > 0 && memory < 10_240);
    // The recommendation stays. A node that is promoted again does not hand over again.
    await scene.node(0).cli("CLUSTER", "FAILOVER");
    await scene.reaches(0, /^promoted.*; a rebalance is recommended since /);
    await sleep(20_000);
    holds("it hands over once", (await scene.node(0).info("replication"))["role"] === "master");
    await copy.until("replication", "master_link_status", "up", { timeout: 60_000 });
    await copy.cli("CLUSTER", "FAILOVER");
    await scene.inSync(0);
    return { outcome: "back", seconds, ...(await endsWithoutGap(scene)) };
  },
};

const spared: Fault = {
  id: "F58c",
  title: "an interruption notice that no interruption follows: Redis is stopped, and started again",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const writer = await scene.write();
    await more(writer, 1000);
    const pid = await scene.pid(0);
    scene.metadata.notice(scene.address(0), "terminate", new Date(Date.now() + 10_000));
    await scene.reaches(0, /^waiting: Redis has ended: an interruption is announced for /, 30_000);
    const back = await recovery(scene, { id }, () => sleep(1000));
    holds("it is another process", (await scene.pid(0)) !== pid);
    holds("the resync was partial", back.resync === "partial");
    await sleep(12_000);
    await scene.inSync(0);
    return { outcome: "back", ...back, ...(await endsWell(scene)) };
  },
};

const shutDown: Fault = {
  id: "F58d",
  title: "a promoted node is shut down without any notice: it hands over, saves and leaves a receipt",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const copy = await owner(scene);
    const writer = await scene.write();
    await more(writer, 1000);
    await scene.stop(0, "clean");
    await takesOver(scene, copy);
    holds("it left a receipt", receipt(scene).startsWith(`node ${id}`));
    const back = await recovery(scene, { id }, () => scene.launch(0));
    holds("the resync was partial", back.resync === "partial");
    return { outcome: "back", ...back, ...(await endsWithoutGap(scene)) };
  },
};

/** A spot instance that is interrupted, or shall be. */
export const leaving: readonly Fault[] = [interrupted, recommended, spared, shutDown];
