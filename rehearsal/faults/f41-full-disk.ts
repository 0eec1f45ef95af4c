import { type Scene } from "../scene";
import { endsWell, type Fault, more, namesCause, since } from "./fault";
import { HeldLock } from "./placement-lock";

/** Bytes that stay free: enough for nodes.conf, and less than the RDB. */
const LEFT = 8 * 2 ** 20;
const BALLAST = "/var/lib/redis-volume/ballast";

export const fault: Fault = {
  id: "F41",
  title:
    "the data volume is full during the first sync: the state names it, and the sync continues with free space",
  scene: { replicas: 0, megabytes: 60, dataVolumes: true },
  async run(scene) {
    const lock = await HeldLock.take(scene.masters.node(0));
    await scene.launch(0);
    await scene.reaches(0, /another instance/);
    await fill(scene);
    const start = Date.now();
    await lock.release();
    const reason = await namesCause(scene, /No space left/);
    const seconds = since(start);
    await scene.run(0, ["rm", BALLAST]);
    await scene.inSync(0);
    await more(await scene.write(), 500);
    return { outcome: "joined", seconds, resync: "full", note: reason, ...(await endsWell(scene)) };
  },
};

/** Fills the data volume except for `LEFT` bytes. */
async function fill(scene: Scene): Promise<void> {
  const free = await scene.run(0, ["df", "--block-size=1", "--output=avail", "/var/lib/redis-volume"]);
  const size = Number(free.split("\n")[1]) - LEFT;
  await scene.run(0, ["fallocate", "--length", String(size), BALLAST]);
}
