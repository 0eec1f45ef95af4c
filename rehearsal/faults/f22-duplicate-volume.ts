import { setTimeout as sleep } from "node:timers/promises";
import { endsWell, type Fault, holds, since } from "./fault";

export const fault: Fault = {
  id: "F22",
  title: "a second machine on a snapshot of the first's volume: refuses",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    await scene.write();
    const image = await scene.snapshot(0);
    const undisturbed = async () => ({
      pid: await scene.pid(0),
      syncs: await scene.syncs(),
      link: (await scene.node(0).info("replication"))["master_link_status"],
      state: (await scene.status(0)).text,
      seen: (await scene.seen(id)).map((line) => [line?.address, line?.flags.join()].join()),
    });
    const before = await undisturbed();
    const start = Date.now();
    const duplicate = await scene.restore(1, image);
    await scene.reaches(1, /^refused: another machine answers with the ID of this node/);
    const seconds = since(start);
    holds("the user data fails", !(await duplicate.waitForUserData()).succeeded);
    await sleep(5000); // systemd would have retried by now
    holds(
      "Redis does not run on the second machine",
      (await scene.pid(1)) === 0 && !(await scene.node(1).answers()),
    );
    holds("the status exits with 20", (await scene.status(1)).code === 20);
    const { stdout } = await duplicate.exec(["journalctl", "--boot", "--output=cat"]);
    holds("Redis never ran on the second machine", !stdout.includes("waiting: Redis is starting"));
    const after = await undisturbed();
    holds(
      `the first was not disturbed (${JSON.stringify([before, after])})`,
      JSON.stringify(before) === JSON.stringify(after),
    );
    await scene.stop(1, "clean");
    return { outcome: "refused", seconds, ...(await endsWell(scene)) };
  },
};
