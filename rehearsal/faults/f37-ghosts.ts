import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Scene } from "../scene";
import { until } from "../wait";
import { endsWell, type Fault, holds, more, since } from "./fault";

const predecessor: Fault = {
  id: "F37",
  title: "replaced on a blank volume at its address: takes its predecessor's place, which is forgotten",
  scene: { replicas: 0 },
  async run(scene) {
    const { last, others } = await byId(scene);
    for (const place of others) await scene.masters.addReplica(place);
    await scene.launch(0);
    await scene.inSync(0);
    holds("it follows the only master without a replica", (await scene.masterOf(0)) === last);
    const before = await scene.node(0).cli("CLUSTER", "MYID");
    const writer = await scene.write();
    await more(writer, 300);
    await scene.stop(0, "gone");
    await failed(scene, before);
    await scene.fleet.restore("ssi-0", scene.ami);
    const start = Date.now();
    await scene.launch(0);
    await scene.inSync(0);
    const seconds = since(start);
    const { id, on } = await placed(scene);
    holds("it is another node", id !== before);
    let seen: string[] = [];
    const evidence = (): string =>
      `${seen.join("; ")}\nit follows master ${on}, and master ${last} had no live replica`;
    await until("the predecessor is forgotten", { timeout: 60_000, every: 500, evidence }, async () => {
      const own = (await scene.node(0).nodes()).find((line) => line.id === before);
      seen = [...(await scene.seen(before)), own].flatMap((line) => line?.flags.join() ?? []);
      return seen.length === 0;
    });
    holds(`it follows the master without a live replica (${on}, not ${last})`, on === last);
    await scene.listed(0, id);
    return { outcome: "joined", seconds, resync: "full", ...(await endsWell(scene)) };
  },
};

const ghost: Fault = {
  id: "F37g",
  title: "a node joins beside a `fail,noaddr` replica that never returns: follows its master",
  scene: { replicas: 0 },
  async run(scene) {
    const { last, others } = await byId(scene);
    const [first = -1, second = -1] = others;
    const place = await scene.masters.addReplica(last);
    const gone = await scene.masters.node(place).cli("CLUSTER", "MYID");
    await replace(scene, place, gone, first);
    let seen: string[] = [];
    const evidence = (): string => seen.join("; ");
    await until("every node lists it without an address", { timeout: 30_000, evidence }, async () => {
      // The node that took its place has never known it.
      seen = (await scene.seen(gone)).flatMap((line) => line?.flags.join() ?? []);
      return seen.length >= 3 && seen.every((flags) => flags === "slave,fail,noaddr");
    });
    await scene.masters.addReplica(second);
    const writer = await scene.write();
    await more(writer, 300);
    const start = Date.now();
    await scene.launch(0);
    await scene.inSync(0);
    const seconds = since(start);
    const { on } = await placed(scene);
    holds(`it follows the master without a live replica (${on}, not ${last})`, on === last);
    return { outcome: "joined", seconds, resync: "full", ...(await endsWell(scene)) };
  },
};

export const ghosts = [predecessor, ghost];

/** The masters by ID. At a tie the first by ID is chosen, so the last is chosen only if it has the fewest replicas. */
async function byId(scene: Scene): Promise<{ readonly last: number; readonly others: readonly number[] }> {
  const ids = await Promise.all(scene.masters.servers.map(({ node }) => node.cli("CLUSTER", "MYID")));
  const places = ids.map((_, place) => place);
  places.sort((one, other) => ((ids[one] ?? "") < (ids[other] ?? "") ? -1 : 1));
  return { last: places.at(-1) ?? 0, others: places.slice(0, -1) };
}

/** Replaces the server at a place, and its data, by a new node at the same address that follows another master. */
async function replace(scene: Scene, place: number, id: string, of: number): Promise<void> {
  const server = scene.masters.server(place);
  await scene.masters.kill(place);
  await failed(scene, id);
  for (const file of ["nodes.conf", "dump.rdb"]) rmSync(join(server.directory, file), { force: true });
  await server.start();
  await scene.masters.follow(server.node, of, { known: 30_000, synced: 60_000 });
}

async function failed(scene: Scene, id: string): Promise<void> {
  await until("every node flags it as failed", { timeout: 30_000 }, async () => {
    return (await scene.seen(id)).every((line) => line?.flags.includes("fail"));
  });
}

/** The node at the first place, and the place of the master that it follows. */
async function placed(scene: Scene): Promise<{ readonly id: string; readonly on: number }> {
  return { id: await scene.node(0).cli("CLUSTER", "MYID"), on: await scene.masterOf(0) };
}
