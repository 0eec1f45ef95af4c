import { setTimeout as sleep } from "node:timers/promises";
import { type Scene } from "../scene";
import { until } from "../wait";
import { endsWell, type Fault, holds, more, recovery, since } from "./fault";
import { appendOnlyComplete, promote, servesAgain } from "./promoted";

const BALLAST = "/var/lib/redis-volume/ballast";
/** Milliseconds in which a stop must end if the data is safe on the master or in the append-only file. */
const LONGEST = 60_000;

export const replica: Fault = {
  id: "F49",
  title:
    "a replica is stopped while its disk is full: the stop ends, and the replica is back once there is space",
  scene: { dataVolumes: true },
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const writer = await scene.write();
    await more(writer, 500);
    await fill(scene);
    await more(writer, 500); // so that there is data to save
    await writer.stop();
    const stopped = await stop(scene);
    const { stdout: log } = await scene
      .instance(0)
      .exec(["journalctl", "--unit=redis-replica", "--output=cat"]);
    holds("Redis did not crash", !log.includes("REDIS BUG REPORT"));
    await scene.run(0, ["rm", BALLAST]);
    const back = await recovery(scene, { id }, () => scene.run(0, ["systemctl", "start", "redis-replica"]));
    return { outcome: "back", ...back, note: `stopped in ${stopped} s`, ...(await endsWell(scene)) };
  },
};

/** The RDB cannot be saved, but the append-only file has every write. */
export const owner: Fault = {
  id: "F49b",
  title:
    "a promoted replica is stopped while its disk is full: the stop ends, and it serves every write again",
  scene: { dataVolumes: true },
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const writer = await scene.write();
    await promote(scene);
    await more(writer, 1000, { what: "plain" });
    await writer.stop();
    await appendOnlyComplete(scene);
    await sleep(1500); // it is written every second
    await fill(scene);
    const stopped = await stop(scene);
    await scene.run(0, ["rm", BALLAST]);
    const ending = await servesAgain(scene, id, () => {
      return scene.run(0, ["systemctl", "start", "--no-block", "redis-replica"]);
    });
    return { ...ending, note: `stopped in ${stopped} s` };
  },
};

/** Fills the disk, including the space reserved for root. */
async function fill(scene: Scene): Promise<void> {
  await scene.instance(0).exec(["dd", "if=/dev/zero", `of=${BALLAST}`, "bs=1M"]);
  const free = await scene.run(0, ["df", "--block-size=1", "--output=avail", "/var/lib/redis-volume"]);
  holds(`the disk is full (${free.split("\n")[1]})`, Number(free.split("\n")[1]) < 2 ** 20);
}

/** Stops Redis's unit; returns the seconds that it took. */
async function stop(scene: Scene): Promise<number> {
  const start = Date.now();
  await scene.run(0, ["systemctl", "stop", "--no-block", "redis-replica"]);
  let state = "";
  const evidence = async (): Promise<string> => `${state}\n${await scene.instance(0).journal(20)}`;
  await until("the unit has stopped", { timeout: LONGEST, every: 200, evidence }, async () => {
    const argv = ["systemctl", "show", "--property=ActiveState", "--value", "redis-replica"];
    state = (await scene.run(0, argv)).trim();
    return state === "inactive" || state === "failed";
  });
  return since(start);
}
