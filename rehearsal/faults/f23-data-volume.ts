import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { DataDisk } from "../data-disk";
import { type Scene } from "../scene";
import { type Ending, endsWell, type Fault, holds, more, recovery, since } from "./fault";
import { answering, promote, servesAgain } from "./promoted";

const dataVolumes = { dataVolumes: true };

/** With `reattach` a volume is attached after the instance has booted. */
const late: Fault = {
  id: "F23a",
  title: "data volume attached ten seconds after the boot",
  scene: dataVolumes,
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    await onVolume(scene);
    await scene.write();
    const disk = scene.disk(0);
    await scene.stop(0, "gone");
    scene.exchange(0);
    const back = await recovery(scene, { id }, async () => {
      await scene.launch(0);
      await scene.reaches(0, /^waiting: the data volume is not attached/);
      await sleep(10_000);
      holds("Redis does not run without it", !(await scene.node(0).answers()));
      await scene.instance(0).attach(disk);
    });
    holds("the resync was partial", back.resync === "partial");
    await onVolume(scene);
    return { outcome: "back", ...back, ...(await endsWell(scene)) };
  },
};

/** A wrong, blank volume is attached first. The node's data is on another one. */
const blank: Fault = {
  id: "F23b",
  title: "a blank data volume on a replacement: it is not formatted, and the known volume is waited for",
  scene: dataVolumes,
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    await scene.write();
    const disk = scene.disk(0);
    const other = await DataDisk.create();
    const before = await other.digest();
    await scene.stop(0, "gone");
    scene.exchange(0, other);
    const back = await recovery(scene, { id }, async () => {
      await scene.launch(0);
      await scene.reaches(0, /^waiting: \S+ is blank, but this node's data is on /);
      await sleep(5000);
      holds("the blank one is still blank", (await other.digest()) === before);
      await scene.instance(0).attach(disk);
    });
    holds("the resync was partial", back.resync === "partial");
    holds("the blank one is still blank", (await other.digest()) === before);
    const ending = await endsWell(scene);
    await scene.stop(0, "clean");
    scene.exchange(0, disk, other);
    return { outcome: "back", ...back, ...ending };
  },
};

/** Foreign data on a disk is never changed. */
const foreign: Fault = {
  id: "F23c",
  title: "a foreign data volume on a replacement: refuses",
  scene: dataVolumes,
  async run(scene) {
    const other = await DataDisk.create();
    await other.format("foreign");
    const before = await other.digest();
    const ending = await refusedOn(
      scene,
      other,
      /^refused: no data volume found; .* labelled redis-data: \/dev/,
    );
    holds("its content is unchanged", (await other.digest()) === before);
    return ending;
  },
};

/** Two nodes, one of which gets the volume of the other. */
const another: Fault = {
  id: "F23d",
  title: "another node's data volume on a replacement: refuses",
  scene: { ...dataVolumes, replicas: 2 },
  async run(scene) {
    const other = await DataDisk.create({ from: await scene.diskSnapshot(1) });
    const before = await other.digest();
    const ending = await refusedOn(
      scene,
      other,
      /^refused: \S+ has file system \S+, but this node's data is on /,
    );
    holds("its content is unchanged", (await other.digest()) === before);
    return ending;
  },
};

/** The node's identity is on the data volume. */
const freshRoot: Fault = {
  id: "F23e",
  title: "the data volume is kept, the root volume is not",
  scene: dataVolumes,
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    await scene.write();
    await sleep(2000);
    await scene.stop(0, "gone");
    await scene.fleet.restore("ssi-0", scene.ami);
    const back = await recovery(scene, { id }, () => scene.launch(0));
    holds("the resync was partial", back.resync === "partial");
    await onVolume(scene);
    return { outcome: "back", ...back, ...(await endsWell(scene)) };
  },
};

/** With `snapshot` every launch gets a new volume from a snapshot, which may be five minutes old. */
const older: Fault = {
  id: "F23f",
  title: "a data volume from an older snapshot, under writes",
  scene: dataVolumes,
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    await scene.write();
    await sleep(2000);
    const snapshot = await scene.diskSnapshot(0);
    await sleep(5000);
    await scene.stop(0, "gone");
    scene.disk(0).close();
    scene.exchange(0, await DataDisk.create({ from: snapshot }));
    const back = await recovery(scene, { id }, () => scene.launch(0));
    holds("the resync was partial", back.resync === "partial");
    return { outcome: "back", ...back, ...(await endsWell(scene)) };
  },
};

/** The receipt is on the volume that it is valid for, and is written before the volume is unmounted. */
const clean: Fault = {
  id: "F23g",
  title: "promoted, no other copy, data volume of a clean stop, fresh root: serves again by itself",
  scene: dataVolumes,
  run: answering(async (scene) => {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const writer = await scene.write();
    await promote(scene);
    await more(writer, 2000, { what: "plain" });
    await writer.stop();
    await scene.stop(0, "clean");
    await scene.fleet.restore("ssi-0", scene.ami);
    return servesAgain(scene, id, () => scene.launch(0));
  }),
};

/** The same from an older snapshot. The root volume is that of the clean shutdown, but its files do not count. */
const promotedOlder: Fault = {
  id: "F23h",
  title: "promoted, no other copy, data volume from an older snapshot: refuses",
  scene: dataVolumes,
  run: answering(async (scene) => {
    const writer = await scene.write();
    await promote(scene);
    await more(writer, 2000, { what: "plain" });
    const snapshot = await scene.diskSnapshot(0);
    await more(writer, 2000, { what: "plain" });
    await writer.stop();
    await scene.stop(0, "clean");
    scene.disk(0).close();
    scene.exchange(0, await DataDisk.create({ from: snapshot }));
    const start = Date.now();
    await scene.launch(0);
    await scene.reaches(0, /^refused: this node owns slots/, 150_000);
    const seconds = since(start);
    holds("Redis does not run", !(await scene.node(0).answers()));
    holds("every master answers", await scene.mastersAnswer());
    return { outcome: "refused", seconds };
  }),
};

/** A running group without a data volume gets one: the data of the root volume moves there. */
const added: Fault = {
  id: "F23i",
  title: "a data volume is added to a node without one: its data moves there",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    await more(await scene.write(), 500);
    await scene.stop(0, "clean");
    await scene.addDisk(0);
    // The first boot still uses the old settings; the second uses those of its user data.
    const back = await recovery(scene, { id }, () => scene.launch(0));
    await scene.instance(0).waitForUserData();
    await scene.instance(0).reboot();
    await scene.inSync(0);
    holds("it is the same node", (await scene.node(0).cli("CLUSTER", "MYID")) === id);
    holds("the resync was partial", !(await scene.resync(0)).full);
    await onVolume(scene);
    await scene.stop(0, "clean");
    for (const path of ["var/lib/redis", "var/lib/redis-replica"]) {
      const left = readdirSync(scene.file(0, path));
      holds(`no file stays on the root volume in ${path} (${left.join()})`, left.length === 0);
    }
    await scene.launch(0);
    await scene.inSync(0);
    return { outcome: "back", ...back, ...(await endsWell(scene)) };
  },
};

/** Boots on this volume, which must be refused. With its own volume the node comes back. */
async function refusedOn(scene: Scene, other: DataDisk, reason: RegExp): Promise<Ending> {
  const id = await scene.node(0).cli("CLUSTER", "MYID");
  await more(await scene.write(), 500);
  const disk = scene.disk(0);
  await scene.stop(0, "gone");
  scene.exchange(0, other);
  const start = Date.now();
  const instance = await scene.launch(0);
  await scene.reaches(0, reason);
  const seconds = since(start);
  holds("the user data fails", !(await instance.waitForUserData()).succeeded);
  holds("Redis does not run", (await scene.pid(0)) === 0 && !(await scene.node(0).answers()));
  holds("the status exits with 20", (await scene.status(0)).code === 20);
  await scene.stop(0, "clean");
  scene.exchange(0, disk);
  await recovery(scene, { id }, () => scene.launch(0));
  return { outcome: "refused", seconds, ...(await endsWell(scene)) };
}

/** Checks that Redis's data is on the volume and mounted at its usual path. */
async function onVolume(scene: Scene): Promise<void> {
  const argv = ["findmnt", "--noheadings", "--output", "SOURCE,OPTIONS", "/var/lib/redis"];
  const found = (await scene.run(0, argv)).trim();
  holds(`its data is on the volume (${found})`, /^\/dev\/loop\d+\[\/node\/data\] .*noatime/.test(found));
}

export const dataVolume: readonly Fault[] = [
  late,
  blank,
  foreign,
  another,
  freshRoot,
  older,
  clean,
  promotedOlder,
  added,
];
