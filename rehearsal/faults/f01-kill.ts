import { endsWell, type Fault, holds, recovery } from "./fault";

export const fault: Fault = {
  id: "F1",
  title: "kill -9 of Redis",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    await scene.write();
    const pid = await scene.pid(0);
    const back = await recovery(scene, { id }, async () => {
      await scene.instance(0).exec(["systemctl", "kill", "-s", "KILL", "redis-replica"]);
      await scene.anotherPid(0, pid);
    });
    holds("the resync was partial", back.resync === "partial");
    return { outcome: "back", ...back, ...(await endsWell(scene)) };
  },
};
