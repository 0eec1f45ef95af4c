import { type Scene } from "../scene";
import { until } from "../wait";
import { endsWell, type Fault, holds, recovery, since } from "./fault";

const OPTION = "cluster-replica-no-failover";

/** Until its first sync it has another shard's data and history. Redis alone would let it be elected with these. */
export const fault: Fault = {
  id: "F53",
  title:
    "an operator moves the replica to another shard: barred from elections until it has that shard's data",
  scene: { megabytes: 120 },
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    await scene.write();
    await until("it may be elected", { timeout: 10_000 }, async () => (await option(scene)) === "no");
    const place = ((await scene.masterOf(0)) + 1) % 3;
    const wanted = await scene.masters.cli(place, "CLUSTER", "MYID");
    // Longer than the time until the next reconcile run.
    await scene.network.throttle(scene.address(0), "12mbit");
    let barred = NaN;
    const back = await recovery(scene, { id, timeout: 120_000 }, async () => {
      const start = Date.now();
      await scene.node(0).cli("CLUSTER", "REPLICATE", wanted);
      const evidence = (): Promise<string> => scene.instance(0).journal(30);
      await until("it is barred from elections", { timeout: 20_000, evidence }, async () => {
        return (await option(scene)) === "yes";
      });
      barred = since(start);
      const { master_link_status: link } = await scene.node(0).info("replication");
      holds("it has not got the shard's data yet", link === "down");
      await scene.reaches(0, /^waiting/, 20_000);
    });
    holds("it follows the master that the operator chose", (await scene.masterOf(0)) === place);
    await until("it may be elected again", { timeout: 10_000 }, async () => (await option(scene)) === "no");
    return { outcome: "back", ...back, note: `barred after ${barred} s`, ...(await endsWell(scene)) };
  },
};

async function option(scene: Scene): Promise<string> {
  return (await scene.node(0).cli("CONFIG", "GET", OPTION)).split("\n")[1] ?? "";
}
