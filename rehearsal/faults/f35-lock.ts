import { type Scene } from "../scene";
import { slotOf } from "../slots";
import { until } from "../wait";
import { endsWell, type Ending, type Fault, holds, more, since } from "./fault";
import { PLACEMENT_LOCK } from "./placement-lock";

const named: Fault = {
  id: "F35",
  title: "joins while redirects to the lock's owner have a host name that the instance cannot resolve",
  scene: { replicas: 0 },
  async run(scene) {
    for (const [place, { node }] of scene.masters.servers.entries()) {
      await node.cli("CONFIG", "SET", "cluster-announce-hostname", `redis-${place}.example.internal`);
      await node.cli("CONFIG", "SET", "cluster-preferred-endpoint-type", "hostname");
    }
    return joins(scene);
  },
};

const blocked: Fault = {
  id: "F35b",
  title: "joins while the lock's owner does not answer the instance: follows a master that does",
  scene: { replicas: 0 },
  async run(scene) {
    const owner = await lockOwner(scene);
    const block = { to: scene.masters.server(owner).address, port: 6379, from: scene.address(0) };
    await scene.network.block(block);
    const ending = await joins(scene);
    holds("it follows a master that answers it", (await scene.masterOf(0)) !== owner);
    await scene.network.unblock(block);
    return ending;
  },
};

export const lock = [named, blocked];

/** The place of the master that owns the slot of the lock's key. */
async function lockOwner(scene: Scene): Promise<number> {
  const slot = slotOf(PLACEMENT_LOCK);
  const nodes = await scene.masters.nodes(0);
  const owner = nodes.find(({ slots }) => slots.some(([first, last]) => slot >= first && slot <= last));
  return scene.masters.addresses.indexOf(owner?.address ?? "");
}

/** The first replica of a healthy cluster is in sync within a minute of the start of its Redis. */
async function joins(scene: Scene): Promise<Ending> {
  // Otherwise the master that is asked first would not answer with a redirection.
  holds("the first master does not hold the lock's key", (await lockOwner(scene)) > 0);
  const writer = await scene.write();
  await scene.launch(0);
  await until("Redis runs", { timeout: 120_000, every: 100 }, () => scene.node(0).answers());
  const start = Date.now();
  await scene.inSync(0, 60_000);
  const seconds = since(start);
  const journal = await scene.instance(0).journal(1000);
  holds("its reason is not another instance", !/another instance/.test(journal));
  await more(writer, 0);
  return { outcome: "joined", seconds, resync: "full", ...(await endsWell(scene)) };
}
