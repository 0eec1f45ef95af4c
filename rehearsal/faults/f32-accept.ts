import { Failover } from "../../constructs";
import { type RedisNode } from "../redis-node";
import { type Scene } from "../scene";
import { until } from "../wait";
import { endsWell, type Ending, type Fault, holds, more, recovery } from "./fault";

/** Longer than a start of Redis takes, so that it is back before the replica is elected. */
const nodeTimeout = 5000;

const healthy: Fault = {
  id: "F32",
  title: "`accept` on a healthy replica: an error, and without effect when it is promoted and killed",
  scene: { nodeTimeout },
  async run(scene) {
    const { code, stdout, stderr } = await scene.instance(0).exec(["redis-replica", "accept"]);
    const ending = await promotedAndKilled(scene);
    holds(`accept exited with 1 and a reason (${code}: ${stdout}${stderr})`, code === 1 && stderr !== "");
    return ending;
  },
};

const masterDown: Fault = {
  id: "F32d",
  title: "`accept` while its master is down, which returns: without effect when it is promoted and killed",
  // No replica may be elected while the master is away.
  scene: { nodeTimeout, failover: Failover.NEVER },
  async run(scene) {
    const place = await scene.masterOf(0);
    await scene.masters.stop(place);
    // It is reported after W, a minute.
    await scene.reaches(0, /^refused/, 150_000);
    await scene.instance(0).exec(["redis-replica", "accept"]);
    await scene.masters.server(place).start();
    await scene.masters.untilWhole();
    await scene.inSync(0);
    return promotedAndKilled(scene);
  },
};

export const accept = [healthy, masterDown];

/**
 * A manual failover makes its master its replica. Redis is killed before the next reconcile run, and so without an append-only
 * file. The keys that were acknowledged last are never written again.
 */
async function promotedAndKilled(scene: Scene): Promise<Ending> {
  const id = await scene.node(0).cli("CLUSTER", "MYID");
  const place = await scene.masterOf(0);
  const copy = scene.masters.node(place);
  const writer = await scene.write();
  await scene.look(0); // the timer's next one is 15 seconds away
  await scene.node(0).cli("CLUSTER", "FAILOVER");
  await scene.node(0).until("replication", "role", "master", { timeout: 10_000 });
  await copy.until("replication", "master_link_status", "up", { timeout: 10_000 });
  // Before that run. Only writes to this shard are acknowledged.
  await more(writer, 1000, { timeout: 12_000 });
  await writer.stop();
  const back = await recovery(scene, { id }, async () => {
    const pid = await scene.pid(0);
    await scene.instance(0).exec(["systemctl", "kill", "-s", "KILL", "redis-replica"]);
    const role = async (node: RedisNode): Promise<string | undefined> => {
      return (await node.info("replication").catch(() => undefined))?.["role"];
    };
    await until("the replica is elected", { timeout: 60_000, every: 200 }, async () => {
      if ((await role(copy)) === "master") return true;
      if ((await scene.pid(0)) === pid || (await role(scene.node(0))) !== "master") return false;
      await copy.until("replication", "master_link_status", "up", { timeout: 30_000 });
      const { lostAcknowledged, acknowledged } = await scene.verdict();
      const lost = `${lostAcknowledged} keys lack acknowledged writes, of ${acknowledged} writes`;
      throw new Error(`it serves the data of its volume, and the replica follows it: ${lost}`);
    });
  });
  holds("it follows the replica that was elected", (await scene.masterOf(0)) === place);
  return { outcome: "back", ...back, ...(await endsWell(scene)) };
}
