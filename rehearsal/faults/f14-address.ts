import { endsWell, type Fault, holds, recovery } from "./fault";

export const fault: Fault = {
  id: "F14",
  title: "private IP changed",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    await scene.write();
    await scene.stop(0, "clean");
    scene.move(0, "10.0.2.77");
    const back = await recovery(scene, { id }, () => scene.launch(0));
    holds("the resync was partial", back.resync === "partial");
    await scene.listed(0, id);
    return { outcome: "back", ...back, ...(await endsWell(scene)) };
  },
};
