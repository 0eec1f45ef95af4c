import { rmSync } from "node:fs";
import { type RedisNode } from "../redis-node";
import { type Scene } from "../scene";
import { until } from "../wait";
import { type Fault, holds, nothingLost, since } from "./fault";
import { promote } from "./promoted";

/** Clients that use CLUSTER SHARDS cannot reach slots that it does not list. */
export const fault: Fault = {
  id: "F50",
  title:
    "promoted, nodes.conf lost, final state of a clean stop: every node lists all slots in CLUSTER SHARDS",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const writer = await scene.write();
    await promote(scene);
    await writer.stop();
    await scene.stop(0, "clean");
    rmSync(scene.file(0, "var/lib/redis/nodes.conf"));
    await scene.launch(0);
    // There is no proof that the volume is the newest copy, although it is.
    await scene.reaches(0, /^refused/, 150_000);
    const start = Date.now();
    await scene.run(0, ["redis-replica", "accept"]);
    await scene.reaches(0, /^promoted/);
    const seconds = since(start);
    holds("it is the same node", (await scene.node(0).cli("CLUSTER", "MYID")) === id);
    await until("the cluster state is ok", { timeout: 30_000 }, () => scene.whole());
    await shardsComplete(scene);
    return { outcome: "serves", seconds, ...nothingLost(await scene.verdict()) };
  },
};

/** One shard of CLUSTER SHARDS, as redis-cli writes it in JSON. */
interface Shard {
  readonly slots: readonly number[];
  readonly nodes: readonly { readonly ip: string; readonly role: string; readonly health: string }[];
}

const SLOTS = 16384;

/** Waits until every node lists every slot once, in a shard with a live master; gossip takes seconds. */
async function shardsComplete(scene: Scene): Promise<void> {
  const nodes = [...scene.masters.running.map(({ node }) => node), scene.node(0)];
  let faults: string[] = [];
  const evidence = (): string => faults.join("\n");
  await until(
    "CLUSTER SHARDS is complete at every node",
    { timeout: 20_000, every: 500, evidence },
    async () => {
      faults = (await Promise.all(nodes.map(faultsOf))).flat();
      return faults.length === 0;
    },
  );
}

/** What CLUSTER SHARDS lacks at one node. */
async function faultsOf(node: RedisNode): Promise<string[]> {
  const { address } = node;
  const text = await node.cli("--json", "CLUSTER", "SHARDS");
  const serving = (JSON.parse(text) as Shard[]).filter(({ slots }) => slots.length > 0);
  const listed = serving.reduce((sum, { slots }) => sum + sizeOf(slots), 0);
  const headless = serving.filter(({ nodes }) => {
    return nodes.filter(({ role, health }) => role === "master" && health === "online").length !== 1;
  });
  return [
    ...(listed === SLOTS ? [] : [`${address} lists ${listed} of ${SLOTS} slots: ${text}`]),
    ...headless.map((shard) => `${address} lists a shard without one live master: ${JSON.stringify(shard)}`),
  ];
}

/** The number of slots in ranges: first, last, first, last, … */
function sizeOf(slots: readonly number[]): number {
  return slots.reduce((sum, slot, index) => sum + (index % 2 === 0 ? 1 - slot : slot), 0);
}
