import { rmSync } from "node:fs";
import { join } from "node:path";
import { type RedisServer } from "../redis-server";
import { type Scene } from "../scene";
import { until } from "../wait";
import { caughtUp, type Fault, holds, recovery, shell, since } from "./fault";

/** The RDB that is kept before a start that follows a master. */
export const KEPT = "/var/lib/redis/kept/dump.rdb";

/** Following the empty master would delete the only copy of the data. */
export const fault: Fault = {
  id: "F26",
  title: "its master restarts empty while it is away: refuses; accepted, it follows, and the RDB is kept",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const { place, digest, acknowledged } = await emptied(scene);

    const start = Date.now();
    await scene.launch(0);
    const reason = await scene.reaches(0, /^refused/, 150_000);
    const seconds = since(start);
    holds(
      `its reason has the cause: ${reason}`,
      /less data than this volume; following it would delete data/.test(reason),
    );
    holds("the status exits with 20", (await scene.status(0)).code === 20);
    holds("Redis does not run", !(await scene.node(0).answers()));
    const journal = await scene.instance(0).journal(1000);
    holds(
      "the journal has the contents of the volume",
      /this volume: .*offset [1-9]\d*, has keys/.test(journal),
    );
    holds(
      "the journal has the command to continue",
      /redis-replica retry/.test(journal) && /redis-replica accept/.test(journal),
    );
    const [rdb, kept] = (await shell(scene, `stat -c %i /var/lib/redis/dump.rdb ${KEPT}`)).trim().split("\n");
    holds("the RDB is kept, by a link", rdb && rdb === kept);

    const back = await recovery(scene, { id }, () => shell(scene, "redis-replica accept"));
    holds("it follows the same master", (await scene.masterOf(0)) === place);
    holds(
      "its contents are its master's",
      (await scene.node(0).cli("DBSIZE")) === "0" && (await scene.equal(0)),
    );
    holds("the status exits with 0", (await scene.status(0)).code === 0);
    holds(
      "the acceptance was used only once",
      (await shell(scene, "ls /run/redis-replica")).includes("accepted") === false,
    );
    holds("the kept RDB has all keys", (await keptDigest(scene)) === digest);
    holds("every master answers", await scene.mastersAnswer());
    return {
      outcome: "refused",
      seconds,
      resync: back.resync,
      acknowledged,
      note: "the kept RDB has all keys",
    };
  },
};

/** The machine is shut down with all acknowledged writes, and its master restarts empty. */
export async function emptied(scene: Scene): Promise<{
  readonly place: number;
  readonly server: RedisServer;
  readonly digest: string;
  readonly acknowledged: number;
}> {
  const place = await scene.masterOf(0);
  const { digest, acknowledged } = await caughtUp(scene);
  await scene.stop(0, "clean");
  const server = scene.masters.server(place);
  await scene.masters.kill(place);
  rmSync(join(server.directory, "dump.rdb"), { force: true });
  await server.start();
  await until("the cluster state is ok", { timeout: 30_000 }, () => scene.whole());
  holds("the master is empty and serves", (await server.node.cli("DBSIZE")) === "0");
  return { place, server, digest, acknowledged };
}

/** The digest of the kept RDB, loaded by a server. */
export async function keptDigest(scene: Scene): Promise<string> {
  const options =
    "--port 7000 --dir /var/lib/redis/kept --save '' --enable-debug-command local --daemonize yes";
  await shell(scene, `/opt/redis-replica/bin/redis-server ${options}`);
  const cli = "/opt/redis-replica/bin/redis-cli -p 7000";
  await until("the RDB is loaded", { timeout: 30_000 }, async () => {
    return /^PONG/.test((await scene.instance(0).exec(["sh", "-c", `${cli} ping`])).stdout);
  });
  const digest = await shell(scene, `${cli} debug digest && ${cli} shutdown nosave`);
  return digest.trim();
}
