import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../wait";
import { endsWell, type Fault, holds, more, recovery } from "./fault";

/** Milliseconds after which a replacement that trusts the minority would have started: it tries every second. */
const watched = 15_000;

export const fault: Fault = {
  id: "F27",
  title: "boots beside two of five masters, which do not know that its master was failed over",
  scene: { masters: 5 },
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const old = await scene.masterOf(0);
    const other = old === 0 ? 1 : 0;
    const successor = await scene.masters.addReplica(old);
    const writer = await scene.write();
    await more(writer, 300);
    await scene.stop(0, "clean");
    await more(writer, 300); // the volume lacks these writes
    const [owner, peer, heir] = [old, other, successor].map((place) => scene.masters.node(place));
    holds("the cluster has these three masters", owner && peer && heir);
    await scene.network.split([owner.address, peer.address, scene.address(0)]);
    await heir.until("replication", "role", "master", { timeout: 60_000 });

    await scene.launch(0);
    const waits = /^waiting: no majority/;
    await scene.reaches(0, waits);
    for (const end = Date.now() + watched; Date.now() < end; await sleep(200)) {
      const { code, text } = await scene.status(0);
      holds(`it waits (${code}, ${text})`, code === 10 && waits.test(text));
      holds("Redis does not run", !(await scene.node(0).answers()));
    }
    for (const node of [owner, peer]) {
      const line = (await node.nodes()).find(({ address }) => address === owner.address);
      holds(
        "the minority lists the old owner as the owner",
        line?.flags.includes("master") && line.slots.length > 0,
      );
    }

    // The bytes are not compared: the old owner gets all of its data from the new one meanwhile.
    const { seconds, resync } = await recovery(scene, { id }, () => scene.network.heal());
    holds("it follows the new owner", (await scene.masterOf(0)) === successor);
    holds("the resync was partial", resync === "partial");
    await until("the cluster state is ok", { timeout: 30_000 }, () => scene.whole());
    return { outcome: "back", seconds, resync, ...(await endsWell(scene)) };
  },
};
