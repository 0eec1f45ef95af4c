import { RedisNode } from "../redis-node";
import { type Scene } from "../scene";
import { until } from "../wait";
import { endsWell, type Fault, holds, killRedis, more, namesCause, since } from "./fault";

const PASSWORD = "masters-only";
const notSecured = "the masters have a password from the start";

/** Masters that reply NOAUTH must not be treated as unreachable, empty or lost. */
export const joins: Fault = {
  id: "F42",
  title: "the masters have a password: the state names NOAUTH, and the replica joins once it is removed",
  scene: { replicas: 0 },
  notSecured,
  async run(scene) {
    await requirePassword(scene);
    const start = Date.now();
    await scene.launch(0);
    const reason = await namesCause(scene, /NOAUTH/);
    const seconds = since(start);
    await removePassword(scene);
    await scene.inSync(0);
    await more(await scene.write(), 500);
    return { outcome: "joined", seconds, resync: "full", note: reason, ...(await endsWell(scene)) };
  },
};

/**
 * Meanwhile Redis reconnects hundreds of times a second, each time with PSYNC and then SYNC. If the password is removed
 * between the two, the replica syncs with SYNC: its link is up, but its offset never reaches the master's.
 */
export const inSync: Fault = {
  id: "F42b",
  title: "the masters get a password: the state names NOAUTH, and a restarted Redis keeps its data",
  notSecured,
  async run(scene) {
    await more(await scene.write(), 500);
    const { acknowledged } = await scene.verdict();
    const start = Date.now();
    await requirePassword(scene);
    await namesCause(scene, /NOAUTH/);
    await killRedis(scene);
    await until("Redis has loaded its data", { timeout: 30_000 }, async () => {
      const { db0 } = await scene
        .node(0)
        .info("keyspace")
        .catch(() => ({ db0: "" }));
      return /keys=[1-9]/.test(db0 ?? "");
    });
    const reason = await namesCause(scene, /NOAUTH/);
    await removePassword(scene);
    await scene.inSync(0);
    const seconds = since(start);
    holds("the contents are its master's", await scene.equal(0));
    return { outcome: "back", seconds, note: reason, acknowledged };
  },
};

async function requirePassword(scene: Scene): Promise<void> {
  for (const { node } of scene.masters.servers) await node.cli("CONFIG", "SET", "requirepass", PASSWORD);
}

async function removePassword(scene: Scene): Promise<void> {
  for (const address of scene.masters.addresses) {
    await new RedisNode(address, { password: PASSWORD }).cli("CONFIG", "SET", "requirepass", "");
  }
}
