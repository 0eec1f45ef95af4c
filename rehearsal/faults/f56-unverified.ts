import { rmSync } from "node:fs";
import { join } from "node:path";
import { until } from "../wait";
import { keptDigest } from "./f26-empty-master";
import { caughtUp, type Fault, holds, killRedis, more, nothingLost, shell, since } from "./fault";

/** A replica that follows a master without a comparison must keep its earlier data. */
export const emptyMasterLater: Fault = {
  id: "F56",
  title: "it restarts while no master answers, and its master returns empty: reported, and the RDB is kept",
  async run(scene) {
    const place = await scene.masterOf(0);
    const { digest, acknowledged } = await caughtUp(scene);
    await scene.node(0).cli("SAVE");
    const { masters } = scene;
    await Promise.all([0, 1, 2].map((each) => (each === place ? masters.kill(each) : masters.stop(each))));
    await killRedis(scene);
    rmSync(join(masters.server(place).directory, "dump.rdb"), { force: true });
    const start = Date.now();
    await Promise.all(masters.servers.map((server) => server.start()));
    const note = await scene.reaches(0, /^refused: the master holds less data/);
    const seconds = since(start);
    holds("the status exits with 20", (await scene.status(0)).code === 20);
    holds("the kept RDB has all keys", (await keptDigest(scene)) === digest);
    // A later RDB that has keys again does not replace it.
    await until("the cluster state is ok", { timeout: 30_000 }, () => scene.whole());
    await more(await scene.write("later"), 300);
    await scene.verdict();
    await scene.node(0).cli("SAVE");
    await killRedis(scene);
    await scene.reaches(0, /^refused: the master holds less data/);
    holds("the kept RDB has all keys after the next start", (await keptDigest(scene)) === digest);
    await shell(scene, "rm /var/lib/redis-replica/unverified");
    await scene.inSync(0);
    return { outcome: "refused", seconds, note, acknowledged };
  },
};

/** Successful full syncs must not be counted as failures. */
export const oftenSynced: Fault = {
  id: "F57",
  title: "its master is lost after six successful full syncs: elected, with every acknowledged write",
  async run(scene) {
    const place = await scene.masterOf(0);
    const master = scene.masters.node(place);
    for (let sync = 0; sync < 6; sync++) {
      const before = Number((await master.info("stats"))["sync_full"]);
      await master.cli("DEBUG", "CHANGE-REPL-ID");
      await master.cli("CLIENT", "KILL", "TYPE", "replica");
      await until("another full sync has succeeded", { timeout: 30_000 }, async () => {
        const { master_link_status: link } = await scene.node(0).info("replication");
        return link === "up" && Number((await master.info("stats"))["sync_full"]) > before;
      });
    }
    await scene.inSync(0);
    const writer = await scene.write();
    await more(writer, 1000);
    const pid = await scene.pid(0);
    const start = Date.now();
    await scene.masters.kill(place);
    await scene.startLook(0);
    await scene.reaches(0, /^promoted/);
    const seconds = since(start);
    holds("Redis was not stopped meanwhile", (await scene.pid(0)) === pid);
    await scene.masters.server(place).start();
    await until("the cluster state is ok", { timeout: 30_000 }, () => scene.whole());
    return { outcome: "serves", seconds, ...nothingLost(await scene.verdict()) };
  },
};
