import { endsWell, type Fault, holds, more, recovery } from "./fault";

export const fault: Fault = {
  id: "F7",
  title: "the only master named in the settings is now a replica: a replica recovers, and a new one joins",
  scene: { seeds: 1 },
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const successor = await scene.masters.addReplica(0);
    const writer = await scene.write();
    await more(writer, 0, { timeout: 10_000 });
    await scene.stop(0, "clean");
    await scene.masters.cli(successor, "CLUSTER", "FAILOVER");
    await scene.masters.node(0).until("replication", "master_link_status", "up", { timeout: 60_000 });
    const back = await recovery(scene, { id }, () => scene.launch(0));
    holds("the resync was partial", back.resync === "partial");

    await scene.launch(1);
    await scene.inSync(1);
    const other = await scene.node(1).cli("CLUSTER", "MYID");
    for (const each of [id, other]) {
      const seen = await scene.seen(each);
      holds(
        `every server lists ${each}`,
        seen.every((line) => line?.flags.includes("slave")),
      );
    }
    holds("the seed is still a replica", (await scene.masters.info(0, "replication"))["role"] === "slave");
    return { outcome: "back", ...back, ...(await endsWell(scene, [0, 1])) };
  },
};
