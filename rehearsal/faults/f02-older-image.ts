import { setTimeout as sleep } from "node:timers/promises";
import { endsWell, type Fault, holds, since } from "./fault";

export const fault: Fault = {
  id: "F2",
  title: "replacement from an older image under writes",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    await scene.write();
    await sleep(2000);
    const image = await scene.snapshot(0);
    const before = await scene.syncs();
    await sleep(5000);
    await scene.stop(0, "gone");
    const start = Date.now();
    await scene.restore(0, image);
    await scene.inSync(0);
    const seconds = since(start);
    holds("it is the same node", (await scene.node(0).cli("CLUSTER", "MYID")) === id);
    holds("the resync was partial", (await scene.syncs()).full === before.full);
    return { outcome: "back", seconds, ...(await endsWell(scene)) };
  },
};
