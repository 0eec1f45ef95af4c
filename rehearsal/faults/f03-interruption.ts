import { setTimeout as sleep } from "node:timers/promises";
import { endsWell, type Fault, holds, recovery } from "./fault";

export const fault: Fault = {
  id: "F3",
  title: "a clean interruption: notice, power-off, replacement",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    await scene.write();
    await sleep(2000);
    const before = scene.instance(0);
    await scene.interrupt(0, 5);
    const back = await recovery(scene, { id }, () => scene.launch(0));
    holds("the resync was partial", back.resync === "partial");
    const after = scene.instance(0);
    holds("it is another instance", after.instanceId !== before.instanceId);
    const { succeeded, errors } = await after.waitForUserData();
    holds(`its user data succeeded (${errors.join("; ")})`, succeeded);
    holds(
      "its log has the state",
      /redis-replica: in sync: .*, listed by every master/.test(after.cloudInitLog()),
    );
    return { outcome: "back", ...back, ...(await endsWell(scene)) };
  },
};
