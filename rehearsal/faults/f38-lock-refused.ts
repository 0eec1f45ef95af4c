import { mkdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { RedisNode } from "../redis-node";
import { type RedisServer } from "../redis-server";
import { type Scene } from "../scene";
import { until } from "../wait";
import { endsWell, type Fault, holds, more, since } from "./fault";
import { PLACEMENT_LOCK } from "./placement-lock";

/** Why every master refuses to set the placement lock. */
interface Refusal {
  readonly id: string;
  /** The beginning of Redis's reply. */
  readonly answer: string;
  readonly begin: (server: RedisServer, user: string) => Promise<unknown>;
  readonly end: (server: RedisServer, user: string) => Promise<unknown>;
}

const places = [0, 1, 2];

const refusals: readonly Refusal[] = [
  {
    id: "F38",
    answer: "NOREPLICAS",
    begin: ({ node }) => node.cli("CONFIG", "SET", "min-replicas-to-write", "1"),
    end: ({ node }) => node.cli("CONFIG", "SET", "min-replicas-to-write", "0"),
  },
  {
    id: "F38b",
    answer: "OOM",
    begin: ({ node }) => node.cli("CONFIG", "SET", "maxmemory", "1mb"),
    end: ({ node }) => node.cli("CONFIG", "SET", "maxmemory", "0"),
  },
  {
    id: "F38c",
    answer: "MISCONF",
    async begin(server) {
      // A save cannot replace a folder.
      rmSync(join(server.directory, "dump.rdb"), { force: true });
      mkdirSync(join(server.directory, "dump.rdb"));
      await saves(server, "err");
    },
    async end(server) {
      rmdirSync(join(server.directory, "dump.rdb"));
      await saves(server, "ok");
    },
  },
  {
    id: "F38d",
    answer: "NOPERM",
    begin: ({ node }, user) => node.cli("ACL", "SETUSER", user, "-set"),
    end: ({ node }, user) => node.cli("ACL", "SETUSER", user, "+set"),
  },
];

/** Saves until a save ends like this. Redis refuses another one while it saves, for a replica or after a failure. */
async function saves({ node }: RedisServer, status: "ok" | "err"): Promise<void> {
  await until(`${node.address}: a save is ${status}`, { timeout: 20_000, every: 200 }, async () => {
    const { rdb_bgsave_in_progress: busy, rdb_last_bgsave_status: last } = await node.info("persistence");
    if (busy === "0" && last === status) return true;
    if (busy === "0") await node.cli("BGSAVE").catch((error: unknown) => unlessBusy(error));
    return false;
  });
}

function unlessBusy(error: unknown): void {
  if (!/in progress/.test(String(error))) throw error;
}

/** Replicas that boot together see the same cluster, and each chooses the master with the fewest replicas. */
function fault({ id, answer, begin, end }: Refusal): Fault {
  return {
    id,
    title: `three replicas boot at once while every master refuses the placement lock with ${answer}`,
    scene: { replicas: 0 },
    async run(scene) {
      const { servers } = scene.masters;
      const login = scene.security?.loginOf("agent") ?? {};
      const user = login.user ?? "default";
      for (const server of servers) await begin(server, user);
      const asked = new RedisNode(scene.masters.addresses[0] ?? "", login);
      const reply = await asked.cli("-c", "SET", PLACEMENT_LOCK, "x").catch(String);
      holds(`a master answers SET with ${answer} (${reply})`, reply.includes(answer));
      const start = Date.now();
      await Promise.all(places.map((place) => scene.launch(place)));
      await Promise.all(places.map((place) => placed(scene, place)));
      // A master that answers MISCONF also does so to a replica's PING, so no sync begins.
      for (const server of servers) await end(server, user);
      await Promise.all(places.map((place) => scene.inSync(place)));
      const seconds = since(start);
      const spread = await spreadOf(scene);
      holds(`each master has one replica (${spread})`, spread === "1/1/1");
      await more(await scene.write(), 500);
      return { outcome: "joined", seconds, resync: "full", note: spread, ...(await endsWell(scene, places)) };
    },
  };
}

/** Waits until a replica has chosen its master. */
async function placed(scene: Scene, place: number): Promise<void> {
  const evidence = (): Promise<string> => scene.instance(place).journal(30);
  await until(`place ${place} has a master`, { timeout: 90_000, every: 200, evidence }, async () => {
    const info = await scene
      .node(place)
      .info("replication")
      .catch(() => undefined);
    return info?.["role"] === "slave";
  });
}

/** How many replicas each master has. */
async function spreadOf(scene: Scene): Promise<string> {
  const on = await Promise.all(places.map((place) => scene.masterOf(place)));
  return scene.masters.addresses.map((_, master) => on.filter((each) => each === master).length).join("/");
}

export const lockRefused: readonly Fault[] = refusals.map(fault);
