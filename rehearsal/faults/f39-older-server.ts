import { image } from "../image";
import { serverBuild, serverKind } from "../server-build";
import { type Fault, holds, namesCause, since, syncsSlow } from "./fault";

const NEWER = "redis-8.0";

/** Both versions, in either order. */
const versions = /7\.0\.15[^]*8\.0\.\d+|8\.0\.\d+[^]*7\.0\.15/;

/** An RDB of a newer release cannot be loaded, and every attempt costs the master a fork. */
export const joins: Fault = {
  id: "F39",
  title: "a server older than the masters joins: refused with both versions, before any full sync",
  scene: { replicas: 0, masterServer: NEWER },
  servers: [NEWER],
  async run(scene) {
    const start = Date.now();
    await scene.launch(0);
    const reason = await scene.reaches(0, /^refused/, 60_000);
    const seconds = since(start);
    holds(`the refusal names both versions (${reason})`, versions.test(reason));
    holds("the exit code of the status is 20", (await scene.status(0)).code === 20);
    const { full } = await scene.syncs();
    holds(`no master started a full sync (${full})`, full === 0);
    holds("every master answers", await scene.mastersAnswer());
    return { outcome: "refused", seconds };
  },
};

export const upgraded: Fault = {
  id: "F39b",
  title: "the master is upgraded: the state has the cause from Redis's log, and full syncs become rare",
  // Longer than the master is away.
  scene: { nodeTimeout: 15_000 },
  servers: [NEWER],
  async run(scene) {
    const place = await scene.masterOf(0);
    const master = scene.masters.server(place);
    await master.stop();
    master.program = (await serverBuild(serverKind(NEWER), await image()))?.server ?? "";
    await master.start();
    await scene.masters.untilWhole();
    // Its replication history has changed, as after a failover to a new server: the next sync is a full one.
    const start = Date.now();
    await master.node.cli("DEBUG", "CHANGE-REPL-ID");
    await master.node.cli("CLIENT", "KILL", "TYPE", "replica");
    const reason = await namesCause(scene, /RDB format version \d+/);
    const seconds = since(start);
    await syncsSlow(master.node);
    holds("every master answers", await scene.mastersAnswer());
    const syncs = (await master.node.info("stats"))["sync_full"];
    return { outcome: "refused", seconds, note: `${syncs} full syncs; ${reason}` };
  },
};
