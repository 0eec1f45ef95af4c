import { tail } from "../run";
import { type Scene } from "../scene";
import { endsWell, type Ending, type Fault, holds, more, recovery } from "./fault";

export const returned: Fault = {
  id: "F8a",
  title: "its master failed over while it was away, and is back as a replica",
  async run(scene) {
    return followsTheNew(scene, async (old) => {
      await scene.masters.server(old).start();
      await scene.masters.node(old).until("replication", "master_link_status", "up", { timeout: 60_000 });
    });
  },
};

export const gone: Fault = {
  id: "F8b",
  title: "its master failed over while it was away, and is gone permanently",
  async run(scene) {
    return followsTheNew(scene, async (old) => scene.network.unplug(scene.masters.server(old).address));
  },
};

async function followsTheNew(scene: Scene, then: (old: number) => Promise<void>): Promise<Ending> {
  const id = await scene.node(0).cli("CLUSTER", "MYID");
  const old = await scene.masterOf(0);
  const successor = await scene.masters.addReplica(old);
  const writer = await scene.write();
  await more(writer, 0, { timeout: 10_000 });
  await scene.stop(0, "clean");
  // The volume lacks all writes that are acknowledged from now on.
  await more(writer, 500, { timeout: 10_000 });
  await scene.masters.kill(old);
  const evidence = (): string => tail(scene.masters.server(successor).log());
  await scene.masters.node(successor).until("replication", "role", "master", { timeout: 60_000, evidence });
  await then(old);
  const back = await recovery(scene, { id }, () => scene.launch(0));
  const follows = await scene.masterOf(0);
  holds(`it follows the new master, ${successor} and not ${old} (${follows})`, follows === successor);
  holds("the resync was partial", back.resync === "partial");
  return { outcome: "back", ...back, ...(await endsWell(scene)) };
}
