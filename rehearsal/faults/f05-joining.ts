import { type ClusterNode } from "../../cluster/cluster-nodes";
import { type Scene } from "../scene";
import { until } from "../wait";
import { endsWell, type Fault, holds, recovery } from "./fault";
import { HeldLock } from "./placement-lock";

export const fault: Fault = {
  id: "F5",
  title: "power cut while joining, met but not yet a replica",
  scene: { replicas: 0 },
  async run(scene) {
    const writer = await scene.write();
    const lock = await HeldLock.take(scene.masters.node(0));
    await scene.launch(0);
    const id = await met(scene);
    await scene.stop(0, "gone");
    await lock.release();

    const before = await scene.syncs();
    const back = await recovery(scene, { id }, () => scene.launch(0));
    const after = await scene.syncs();
    holds("there was one full sync and no other", after.full - before.full === 1);
    const views = await Promise.all(scene.masters.servers.map(({ node }) => node.nodes()));
    for (const nodes of views) {
      holds("no master lists a fifth node", nodes.length === scene.masters.servers.length + 1);
      holds("every master lists it as a replica", line(nodes, scene)?.flags.includes("slave"));
    }
    await until("writes are acknowledged", { timeout: 10_000 }, () => writer.counts.acknowledged > 0);
    return { outcome: "back", ...back, ...(await endsWell(scene)) };
  },
};

/** Waits until every master lists it as a live master without slots and its state has a reason; returns its ID. */
async function met(scene: Scene): Promise<string> {
  let views: ClusterNode[][] = [];
  const evidence = async (): Promise<string> =>
    `${JSON.stringify(views)}\n${await scene.instance(0).journal(60)}`;
  return until("every master has met it", { timeout: 120_000, evidence }, async () => {
    views = await Promise.all(scene.masters.servers.map(({ node }) => node.nodes()));
    const lines = views.map((nodes) => line(nodes, scene));
    const bare = lines.every(
      (each) =>
        /^master(,nofailover)?$/.test(each?.flags.join() ?? "") && each?.connected && each.slots.length === 0,
    );
    const waits = bare && /another instance chooses/.test((await scene.status(0)).text);
    return waits && lines[0]?.id === (await scene.node(0).cli("CLUSTER", "MYID")) ? lines[0].id : undefined;
  });
}

function line(nodes: readonly ClusterNode[], scene: Scene): ClusterNode | undefined {
  return nodes.find(({ address }) => address === scene.address(0));
}
