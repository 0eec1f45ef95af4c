import { setTimeout as sleep } from "node:timers/promises";
import { endsWell, type Fault, holds, recovery } from "./fault";

export const fault: Fault = {
  id: "F2",
  title: "replacement from an older image under writes",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    await scene.write();
    await sleep(2000);
    const image = await scene.snapshot(0);
    await sleep(5000);
    await scene.stop(0, "gone");
    const back = await recovery(scene, { id }, () => scene.restore(0, image));
    holds("the resync was partial", back.resync === "partial");
    return { outcome: "back", ...back, ...(await endsWell(scene)) };
  },
};
