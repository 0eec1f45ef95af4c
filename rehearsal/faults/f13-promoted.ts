import { setTimeout as sleep } from "node:timers/promises";
import { type Scene } from "../scene";
import { until } from "../wait";
import { endsWell, type Ending, type Fault, holds, recovery, since } from "./fault";

/** The replica's master is killed for good and the replica is elected; returns the master's place. */
export async function promote(scene: Scene): Promise<number> {
  await sleep(1000); // what is acknowledged here must survive, too
  const master = await scene.masterOf(0);
  await scene.masters.kill(master);
  await scene.reaches(0, /^promoted/);
  return master;
}

/** A promoted replica with no other copy, from the final state of a clean stop. */
export const clean: Fault = {
  id: "F13a",
  title: "promoted, no other copy, final state of a clean stop: serves again by itself",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const writer = await scene.write();
    await promote(scene);
    await sleep(3000);
    await writer.stop();
    await scene.stop(0, "clean");
    const start = Date.now();
    await scene.launch(0);
    await scene.reaches(0, /^promoted/);
    const seconds = since(start);
    holds("it is the same node", (await scene.node(0).cli("CLUSTER", "MYID")) === id);
    // The others hold a master for failed until two node timeouts after it is back, and serve nothing so long.
    await until("the cluster is whole", { timeout: 30_000 }, () => scene.whole());
    const { acknowledged, lostAcknowledged, lostPlain, unanswered } = await scene.verdict();
    holds("nothing acknowledged is gone", lostAcknowledged === 0);
    holds("every slot is served", unanswered === 0);
    holds("nothing that was written to the promoted node is gone", lostPlain === 0);
    return { outcome: "serves", seconds, acknowledged, lostAcknowledged, lostPlain };
  },
};

/** The same from an older image: its data may be older than what was acknowledged. */
export const older: Fault = {
  id: "F13b",
  title: "promoted, no other copy, image from after the promotion: refuses",
  async run(scene) {
    const writer = await scene.write();
    await promote(scene);
    await sleep(1000);
    const image = await scene.snapshot(0);
    await sleep(3000);
    await writer.stop();
    await scene.stop(0, "gone");
    return refuses(scene, image);
  },
};

/** The final state of a clean stop, restored a second time after a life in between. */
export const twice: Fault = {
  id: "F29",
  title: "the same final image restored twice: the second is refused",
  async run(scene) {
    const writer = await scene.write();
    await promote(scene);
    await sleep(1000);
    await writer.stop();
    await scene.stop(0, "clean");
    const image = await scene.fleet.volume("ssi-0").snapshot();
    await scene.launch(0);
    await scene.reaches(0, /^promoted/);
    await sleep(2000);
    await scene.stop(0, "gone");
    return refuses(scene, image);
  },
};

async function refuses(scene: Scene, image: Parameters<Scene["restore"]>[1]): Promise<Ending> {
  const start = Date.now();
  await scene.restore(0, image);
  await scene.reaches(0, /^refused/, 150_000);
  const seconds = since(start);
  holds("Redis does not run", !(await scene.node(0).answers()));
  holds("the state says 20", (await scene.status(0)).code === 20);
  holds("every master answers", await scene.mastersAnswer());
  return { outcome: "refused", seconds };
}

/** The old master returns as a copy while the promoted node is away. */
export const before: Fault = {
  id: "F12",
  title: "promoted, image from before the promotion, the old master back as its replica",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const image = await scene.snapshot(0);
    await scene.write();
    const master = await promote(scene);
    await scene.masters.restart(master);
    await scene.masters.node(master).until("replication", "master_link_status", "up", { timeout: 60_000 });
    await sleep(3000);
    await scene.stop(0, "gone");
    const back = await recovery(scene, { id, timeout: 180_000 }, () => scene.restore(0, image));
    return { outcome: "back", ...back, ...(await endsWell(scene)) };
  },
};
