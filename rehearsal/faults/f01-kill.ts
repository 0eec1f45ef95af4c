import { endsWell, type Fault, holds, killRedis, recovery } from "./fault";

export const fault: Fault = {
  id: "F1",
  title: "kill -9 of Redis",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    await scene.write();
    const back = await recovery(scene, { id }, () => killRedis(scene));
    holds("the resync was partial", back.resync === "partial");
    return { outcome: "back", ...back, ...(await endsWell(scene)) };
  },
};
