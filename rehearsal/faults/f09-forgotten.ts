import { endsWell, type Fault, holds, since } from "./fault";

export const fault: Fault = {
  id: "F9",
  title: "forgotten by the cluster while away",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    await scene.write();
    const before = await scene.syncs();
    await scene.stop(0, "clean");
    for (const { node } of scene.masters.servers) await node.cli("CLUSTER", "FORGET", id);
    const start = Date.now();
    await scene.launch(0);
    await scene.inSync(0, 180_000);
    const seconds = since(start);
    holds("it is the same node", (await scene.node(0).cli("CLUSTER", "MYID")) === id);
    holds(
      "every master lists it",
      (await scene.seen(id)).every((line) => line?.flags.includes("slave")),
    );
    holds("the resync was partial", (await scene.syncs()).full === before.full);
    return { outcome: "back", seconds, ...(await endsWell(scene)) };
  },
};
