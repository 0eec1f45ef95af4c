import { type Scene } from "../scene";
import { until } from "../wait";
import { cutOff } from "./cut-off";
import { endsWell, type Fault, holds, recovery } from "./fault";

/** How often user data has completed on the volume. */
function userDataRuns(scene: Scene): number {
  return scene.instance(0).cloudInitLog().split("redis-replica: in sync").length - 1;
}

export const plain: Fault = {
  id: "F18a",
  title: "plain reboot",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    await scene.instance(0).waitForUserData();
    const runs = userDataRuns(scene);
    await scene.write();
    const back = await recovery(scene, { id }, () => scene.instance(0).reboot());
    holds("the resync was partial", back.resync === "partial");
    await scene.instance(0).waitForUserData();
    holds("the user data did not run again", runs > 0 && userDataRuns(scene) === runs);
    return { outcome: "back", ...back, ...(await endsWell(scene)) };
  },
};

export const alone: Fault = {
  id: "F18b",
  title: "reboot while no master answers: starts with its local files",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    await scene.write();
    const back = await recovery(scene, { id }, async () => {
      const reconnect = await cutOff(scene);
      await scene.instance(0).reboot();
      const options = { timeout: 60_000, evidence: () => scene.instance(0).journal(60) };
      await until("Redis runs", options, () => scene.node(0).answers());
      await scene.reaches(0, /^waiting: no majority of the masters answers/);
      holds("it is a replica", (await scene.node(0).info("replication"))["role"] === "slave");
      await reconnect();
    });
    holds("the resync was partial", back.resync === "partial");
    return { outcome: "back", ...back, ...(await endsWell(scene)) };
  },
};
