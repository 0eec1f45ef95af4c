import { endsWell, type Fault, holds, recovery } from "./fault";

export const fault: Fault = {
  id: "F9",
  title: "forgotten by the cluster while away",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    await scene.write();
    await scene.stop(0, "clean");
    for (const { node } of scene.masters.servers) await node.cli("CLUSTER", "FORGET", id);
    const back = await recovery(scene, { id, timeout: 180_000 }, () => scene.launch(0));
    // From Redis 7.2 on, masters delete a node that they meet again for a minute after CLUSTER FORGET.
    await scene.listed(0, id, 90_000);
    holds("the resync was partial", back.resync === "partial");
    return { outcome: "back", ...back, ...(await endsWell(scene)) };
  },
};
