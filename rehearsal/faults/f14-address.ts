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
    const seen = await scene.seen(id);
    holds(
      `every master lists it at its new address (${JSON.stringify(seen)})`,
      seen.every((line) => line?.address === "10.0.2.77" && line.flags.join() === "slave"),
    );
    return { outcome: "back", ...back, ...(await endsWell(scene)) };
  },
};
