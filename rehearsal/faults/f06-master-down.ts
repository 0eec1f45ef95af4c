import { setTimeout as sleep } from "node:timers/promises";
import { Failover } from "../../constructs";
import { Connection } from "../../cluster/connection";
import { endpointOf } from "../redis-node";
import { type Scene } from "../scene";
import { until } from "../wait";
import { endsWell, type Ending, type Fault, holds, more, recovery, since } from "./fault";

/** The cluster has to wait for this master: no replica may be elected. */
export const fault: Fault = {
  id: "F6",
  title: "its master is shut down when it boots, and comes back (`failover: never`)",
  scene: { failover: Failover.NEVER },
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const writer = await scene.write();
    await more(writer, 0, { timeout: 10_000 });
    const master = await scene.masterOf(0);
    const goesDown = async (): Promise<void> => {
      // While its replica is up: at a shutdown, Redis waits for its replicas and saves the offset that they have reached.
      await scene.masters.stop(master);
      await scene.stop(0, "clean");
    };
    return waitsForIt(scene, id, master, goesDown, () => scene.masters.server(master).start());
  },
};

/** Elections are allowed, but the only replica has just booted. */
export const cut: Fault = {
  id: "F6c",
  title: "its master is cut off when it boots, and comes back; elections are allowed",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const writer = await scene.write();
    await more(writer, 0, { timeout: 10_000 });
    const master = await scene.masterOf(0);
    const { address } = scene.masters.server(master);
    const goesDown = async (): Promise<void> => {
      await scene.stop(0, "clean");
      await scene.network.unplug(address);
    };
    return waitsForIt(scene, id, master, goesDown, () => scene.network.plug(address));
  },
};

/** Boots the replacement while its master is down: it must wait, and must not serve until the master is back. */
async function waitsForIt(
  scene: Scene,
  id: string,
  master: number,
  goesDown: () => Promise<void>,
  comesBack: () => Promise<void>,
): Promise<Ending> {
  const others = scene.masters.servers.filter((_, index) => index !== master);
  let start = NaN;
  const { resync } = await recovery(scene, { id }, async () => {
    await goesDown();
    await until("the others flag the master as failed", { timeout: 30_000 }, async () => {
      const views = await Promise.all(others.map(({ node }) => node.nodes()));
      return views.every((nodes) =>
        nodes.some(({ flags }) => flags.includes("master") && flags.includes("fail")),
      );
    });
    await scene.launch(0);
    await scene.reaches(0, /^waiting: the replication link is down/);
    // Longer than two elections take.
    for (let look = 0; look < 10; look++) {
      await keepsQuiet(scene, id, others[0]?.address ?? "");
      await sleep(1000);
    }
    start = Date.now();
    await comesBack();
  });
  const seconds = since(start);
  holds("the resync was partial", resync === "partial");
  await scene.masters.untilWhole();
  return { outcome: "back", seconds, resync, ...(await endsWell(scene)) };
}

/** Checks that the replica's state is waiting, and that it serves and claims no slots. */
async function keepsQuiet(scene: Scene, id: string, peer: string): Promise<void> {
  const { code, text } = await scene.status(0);
  holds(`its state is waiting (${code}: ${text})`, code === 10 && /replication link is down/.test(text));
  const seen = await scene.masters.servers.find(({ address }) => address === peer)?.node.nodes();
  for (const nodes of [seen, await scene.node(0).nodes()]) {
    const line = nodes?.find((each) => each.id === id);
    holds("it is a replica and owns no slots", line?.flags.includes("slave") && line.slots.length === 0);
  }
  const connection = await Connection.open(endpointOf(scene.address(0)), scene.login, 2000);
  await connection.send(["READONLY"], 2000);
  const answer = await connection.send(["GET", "writer:0"], 2000).then(String, String);
  connection.close();
  holds(`it serves nothing (${answer})`, /CLUSTERDOWN|MASTERDOWN/.test(answer));
}

/** The only master that the settings name is gone permanently; the replica knows other masters. */
export const seed: Fault = {
  id: "F6b",
  title: "the only master named in the settings is gone permanently",
  scene: { replicas: 0, seeds: 1 },
  async run(scene) {
    await scene.masters.addReplica(0);
    await scene.launch(0);
    await scene.inSync(0);
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    holds("its master is another one", (await scene.masterOf(0)) > 0);
    await scene.write();
    await sleep(2000);
    await scene.stop(0, "clean");
    await scene.masters.kill(0);
    await scene.network.unplug(scene.masters.server(0).address);
    const back = await recovery(scene, { id }, () => scene.launch(0));
    holds("the resync was partial", back.resync === "partial");
    await scene.masters.untilWhole();
    return { outcome: "back", ...back, ...(await endsWell(scene)) };
  },
};
