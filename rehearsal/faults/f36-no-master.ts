import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Scene } from "../scene";
import { until } from "../wait";
import { NODES_CONF, SAVED } from "./f10-nodes-conf";
import { endsWell, type Fault, holds, more, recovery, since } from "./fault";

const unnamed: Fault = {
  id: "F36",
  title: "killed while the masters list it as a replica of `-`, after FORGET and MEET, with nodes.conf lost",
  // A master learns the node's role from its first message and its master from the next, which this delays by seconds.
  scene: { nodeTimeout: 15_000 },
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const writer = await scene.write();
    await more(writer, 300);
    await withoutMaster(scene, id);
    await scene.stop(0, "gone");
    for (const file of [NODES_CONF, SAVED]) rmSync(scene.file(0, file));
    const back = await recovery(scene, { id, timeout: 90_000 }, () => scene.launch(0));
    await scene.listed(0, id);
    await followsOwner(scene);
    return { outcome: "back", ...back, ...(await endsWell(scene)) };
  },
};

const emptied: Fault = {
  id: "F36b",
  title:
    "its master is emptied, forgotten and shut down: not in sync with it, then follows a master with slots",
  scene: { masters: 4, megabytes: 4 },
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const place = await scene.masterOf(0);
    const master = await scene.masters.node(place).cli("CLUSTER", "MYID");
    const writer = await scene.write();
    await more(writer, 300);
    await writer.stop();
    await until("the replica has all keys", { timeout: 10_000 }, () => scene.equal(0));
    await empty(scene, place);

    // The timer runs every 15 seconds, and each run takes at most 50 seconds.
    await scene.startLook(0);
    const evidence = async (): Promise<string> => (await scene.status(0)).text;
    await until(
      "it is not in sync with a master without slots",
      { timeout: 40_000, every: 500, evidence },
      async () => {
        const { text } = await scene.status(0);
        return !text.startsWith("in sync") || (await scene.masterOf(0)) !== place;
      },
    );
    const start = Date.now();
    for (const { node } of scene.masters.running.filter(({ address }) => address !== addressOf(scene, place)))
      await node.cli("CLUSTER", "FORGET", master);
    await scene.masters.stop(place);
    await placedAnew(scene, place);
    const seconds = since(start);
    holds("it is the same node", (await scene.node(0).cli("CLUSTER", "MYID")) === id);
    await followsOwner(scene);
    return { outcome: "back", seconds, resync: "full", ...(await endsWell(scene)) };
  },
};

export const noMaster = [unnamed, emptied];

/** Cuts the machine off while every master lists its node as a replica without a master's ID. */
async function withoutMaster(scene: Scene, id: string): Promise<void> {
  const listed = async (): Promise<boolean> =>
    (await scene.seen(id)).every((line) => line?.flags.includes("slave") && line.master === undefined);
  let seen = "";
  for (let time = 0; time < 20; time++) {
    await scene.network.unplug(scene.address(0));
    await forgotten(scene, id);
    await scene.network.plug(scene.address(0));
    for (const address of scene.masters.addresses)
      await scene.node(0).cli("CLUSTER", "MEET", address, "6379");
    const found = await until(
      "every master lists it as a replica without a master's ID",
      { timeout: 4000, every: 5 },
      listed,
    ).catch(() => false);
    if (found) {
      await scene.network.unplug(scene.address(0));
      await sleep(200); // packets in flight
      if (await listed()) return;
    }
    seen = JSON.stringify(await scene.seen(id));
  }
  throw new Error(`the masters never list the node as a replica of - all at once: ${seen}`);
}

/**
 * Makes all masters forget a node that is cut off. Resolves when they would list it again. From Redis 7.2 on, a master
 * gossips for a minute which nodes it has forgotten. The other masters then also delete the node, even if it has met them
 * again. During that minute FORGET replies OK although the node is not listed.
 */
async function forgotten(scene: Scene, id: string): Promise<void> {
  let answers: readonly string[] = [];
  const evidence = (): string => answers.join("\n");
  await until("no master is forgetting the node", { timeout: 90_000, every: 500, evidence }, async () => {
    answers = await Promise.all(
      scene.masters.servers.map(({ node }) => node.cli("CLUSTER", "FORGET", id).catch(String)),
    );
    return answers.every((answer) => answer.includes("Unknown node"));
  });
}

/** Moves all slots of a master to the next one. */
async function empty(scene: Scene, place: number): Promise<void> {
  const { servers } = scene.masters;
  const [from, to] = [place, (place + 1) % servers.length].map((each) => scene.masters.node(each));
  holds("both masters are listed", from && to);
  const [source, target] = await Promise.all([from, to].map((node) => node.cli("CLUSTER", "MYID")));
  const own = (await from.nodes()).find(({ id }) => id === source)?.slots ?? [];
  const slots = own.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  await scene.masters.manage(
    ...["reshard", `${to.address}:${to.port}`, "--cluster-yes", "--cluster-from", source ?? ""],
    ...["--cluster-to", target ?? "", "--cluster-slots", String(slots)],
  );
  await until("every master lists it without slots", { timeout: 30_000 }, async () => {
    return (await scene.seen(source ?? "")).every((line) => line?.slots.length === 0);
  });
}

/** In sync with another master, at the latest after one restart of Redis. */
async function placedAnew(scene: Scene, before: number): Promise<void> {
  const placed = async (): Promise<boolean> => {
    const { text } = await scene.status(0);
    return text.startsWith("in sync") && (await scene.masterOf(0)) !== before;
  };
  const options = { every: 500, evidence: () => scene.instance(0).journal(60) };
  const itself = until("it has another master", { ...options, timeout: 45_000 }, placed);
  if (await itself.catch(() => false)) return;
  await scene.run(0, ["systemctl", "restart", "redis-replica"]);
  await until("it has another master after a restart", { ...options, timeout: 60_000 }, placed);
}

async function followsOwner(scene: Scene): Promise<void> {
  const place = await scene.masterOf(0);
  const { text } = await scene.status(0);
  holds(`its state names a master (${text})`, !/replica -/.test(text));
  const { role } = await scene.node(0).info("replication");
  holds(`its role is replica (${role})`, role === "slave");
  const address = addressOf(scene, place);
  const line = (await scene.masters.node(place).nodes()).find((each) => each.address === address);
  holds("its master owns slots", line && line.slots.length > 0);
}

function addressOf(scene: Scene, place: number): string {
  return scene.masters.server(place).address;
}
