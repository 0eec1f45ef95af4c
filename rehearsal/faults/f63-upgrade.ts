import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { RedisInstall } from "../../constructs";
import { image } from "../image";
import { type RedisNode } from "../redis-node";
import { type Scene } from "../scene";
import { serverBuild, serverKind } from "../server-build";
import { until } from "../wait";
import { type Writer } from "../writer";
import { endsWell, type Ending, type Fault, holds, more, recovery } from "./fault";

/** Replicas first, by replacement; then each master, after it has handed over to its replica. */
export const upgrades: readonly Fault[] = [
  {
    id: "F63",
    title: "Redis 7.0 to 8.0 under writes: replicas by replacement, then the masters after a failover each",
    scene: { replicas: 3, nodeTimeout: 5000 },
    servers: ["redis-8.0"],
    run: (scene) => upgrade(scene, "redis-8.0"),
  },
  {
    id: "F63b",
    title: "Valkey 8.1 to 9.1 under writes: replicas by replacement, then the masters after a failover each",
    scene: { replicas: 3, nodeTimeout: 5000, server: "valkey-8.1" },
    servers: ["valkey-8.1", "valkey-9.1"],
    run: (scene) => upgrade(scene, "valkey-9.1"),
  },
];

async function upgrade(scene: Scene, to: string): Promise<Ending> {
  const program = (await serverBuild(serverKind(to), await image()))?.server;
  holds("the newer server is built", program);
  const version = serverKind(to).source?.version ?? "";
  const places = [0, 1, 2];
  const owners = await Promise.all(places.map((place) => scene.masterOf(place)));
  holds("each master has one replica", new Set(owners).size === places.length);
  const writer = await scene.write();
  scene.configure({ install: RedisInstall.fromImage(), steps: { before: brings(scene, program) } });
  let slowest = 0;
  for (const place of places) {
    const { seconds } = await replace(scene, writer, place, version);
    slowest = Math.max(slowest, seconds);
  }
  for (const [place, owner] of owners.entries()) {
    await more(writer, 500);
    await takesOver(scene.node(place));
    const server = scene.masters.server(owner);
    await server.node.until("replication", "master_link_status", "up", { timeout: 30_000 });
    server.program = program;
    await scene.masters.restart(owner);
    await server.node.until("replication", "master_link_status", "up", { timeout: 60_000 });
    holds(`the on-demand server runs ${version}`, (await versionOf(server.node)) === version);
    await more(writer, 500);
    await takesOver(server.node);
    await scene.inSync(place);
  }
  const ending = await endsWell(scene, places);
  return { outcome: "back", seconds: slowest, ...ending };
}

/** Shell that puts the newer programs where the image has its own: as a new image, or the user's own steps, would. */
function brings(scene: Scene, program: string): string {
  const folder = dirname(program);
  const name = program.endsWith("valkey-server") ? "valkey" : "redis";
  return [`${name}-server`, `${name}-cli`]
    .map((each) => {
      const url = scene.mirror.publish(each, readFileSync(join(folder, each)));
      const path = `/usr/local/bin/${each}`;
      return `curl -fsS -o ${path}.new ${url}\nchmod 755 ${path}.new\nmv ${path}.new ${path}\n`;
    })
    .join("");
}

/** Boots a replacement, and waits until the newer server runs there. */
async function replace(
  scene: Scene,
  writer: Writer,
  place: number,
  version: string,
): Promise<{ readonly seconds: number }> {
  const id = await scene.node(place).cli("CLUSTER", "MYID");
  await scene.stop(place, "clean");
  await more(writer, 500, { what: "plain" });
  const back = await recovery(scene, { place, id }, () => scene.launch(place));
  holds("the resync was partial", back.resync === "partial");
  // The volume has the earlier server, which is back first. The user data then brings the newer one.
  await scene.instance(place).waitForUserData();
  await scene.inSync(place);
  const found = await versionOf(scene.node(place));
  holds(`the replica runs ${version} (${found})`, found === version);
  holds("it is the same node again", (await scene.node(place).cli("CLUSTER", "MYID")) === id);
  const { full } = await scene.resync(place);
  holds("the resync after the upgrade was partial, too", !full);
  return back;
}

async function takesOver(node: RedisNode): Promise<void> {
  await node.cli("CLUSTER", "FAILOVER");
  await node.until("replication", "role", "master", { timeout: 30_000 });
  await until("its slots are listed by itself", { timeout: 30_000 }, async () => {
    return (await node.nodes()).some(({ flags, slots }) => flags.includes("myself") && slots.length > 0);
  });
}

async function versionOf(node: RedisNode): Promise<string | undefined> {
  const info = await node.info("server");
  return info["valkey_version"] ?? info["redis_version"];
}
