import { setTimeout as sleep } from "node:timers/promises";
import { type Scene } from "../scene";
import { Stall } from "../stall";
import { until } from "../wait";
import { type Writer } from "../writer";
import { type Fault, holds, more, nothingLost, since } from "./fault";
import { promote } from "./promoted";

/** The commands that the agent may send to the local Redis first in a reconcile run. */
const first = ["cluster", "info", "role"];

/** Redis replies to the first command of a reconcile run, and to none of the following ones. */
const stalls: Fault = {
  id: "F30",
  title: "promoted, Redis stalls for 9 seconds during a reconcile run: its append-only file is kept",
  async run(scene) {
    const writer = await protectedOwner(scene);
    await writer.stop();
    const start = Date.now();
    const stall = await Stall.arm({ node: scene.node(0), seconds: 9, asked: first });
    await scene.startLook(0);
    await stall.begins();
    await stall.ends();
    await scene.look(0);
    await scene.reaches(0, /^promoted/);
    const damage = await missing(scene);
    holds(`the append-only file that Redis writes is on disk (${damage})`, damage === "");
    const seconds = since(start);
    await until("the cluster state is ok", { timeout: 30_000 }, () => scene.whole());
    return { outcome: "serves", seconds, ...nothingLost(await scene.verdict()) };
  },
};

const killed: Fault = {
  id: "F30k",
  title: "promoted, Redis is killed during a reconcile run: serves again from its append-only file",
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const writer = await protectedOwner(scene);
    await writer.stop();
    await sleep(1500); // the append-only file is synced to disk every second
    const pid = await scene.pid(0);
    // Wait for the kill: a command on the machine takes a tenth of a second to start.
    const stall = await Stall.arm({ node: scene.node(0), seconds: 5, asked: first });
    await scene.startLook(0);
    await stall.begins();
    const start = Date.now();
    await scene.instance(0).exec(["systemctl", "kill", "-s", "KILL", "redis-replica"]);
    stall.close();
    // The reconcile run waits two seconds for a reply.
    await sleep(4000);
    const damage = await missing(scene);
    holds(`the append-only file is on disk after the kill (${damage})`, damage === "");
    // The cluster lists it as the owner of slots: no node may serve them within W, a minute.
    const state = await scene.reaches(0, /^(promoted|refused)/, 150_000);
    holds(`it serves again by itself (${state})`, state.startsWith("promoted"));
    const seconds = since(start);
    holds("it is another process", (await scene.pid(0)) !== pid);
    holds("it is the same node", (await scene.node(0).cli("CLUSTER", "MYID")) === id);
    await until("the cluster state is ok", { timeout: 30_000 }, () => scene.whole());
    const counts = nothingLost(await scene.verdict());
    holds(`no write to it is gone (${counts.lostPlain})`, counts.lostPlain === 0);
    return { outcome: "serves", seconds, ...counts };
  },
};

/** `CONFIG GET appendonly` still answers yes. */
const removed: Fault = {
  id: "F30m",
  title:
    "promoted, its append-only folder is removed while Redis runs: it is rewritten before the state is promoted",
  async run(scene) {
    const writer = await protectedOwner(scene);
    await scene.run(0, ["rm", "-r", FOLDER]);
    const start = Date.now();
    await scene.look(0);
    const { text } = await scene.status(0);
    const damage = await missing(scene);
    holds(
      `its state is not promoted without the file (${text}; ${damage})`,
      !text.startsWith("promoted") || damage === "",
    );
    await scene.reaches(0, /^promoted/, 60_000);
    const left = await missing(scene);
    holds(`the append-only file is on disk again (${left})`, left === "");
    const seconds = since(start);
    await more(writer, 300, { what: "plain" });
    holds("every master answers", await scene.mastersAnswer());
    return { outcome: "serves", seconds, ...nothingLost(await scene.verdict()) };
  },
};

export const appendOnly = [stalls, killed, removed];

const FOLDER = "/var/lib/redis/appendonlydir";

/** The replica is promoted, its append-only file is complete on disk, and it has taken writes since. */
async function protectedOwner(scene: Scene): Promise<Writer> {
  const writer = await scene.write();
  await promote(scene);
  await until("the append-only file is on disk", { timeout: 30_000, every: 200 }, async () => {
    return (await missing(scene)) === "";
  });
  await more(writer, 500, { what: "plain" });
  return writer;
}

/** The missing parts of the append-only file: the manifest, a file that it names, or an open file that was removed. */
async function missing(scene: Scene): Promise<string> {
  const script = `cd ${FOLDER} || exit 0
cat appendonly.aof.manifest >/dev/null || exit 0
awk '$1 == "file" && $NF != "h" { print $2 }' appendonly.aof.manifest | xargs ls -d >/dev/null
pid=$(systemctl show --property=MainPID --value redis-replica)
[ "$pid" = 0 ] || ls -l "/proc/$pid/fd" | grep -o 'append.*(deleted)' >&2`;
  const { stderr } = await scene.instance(0).exec(["sh", "-c", script]);
  return stderr.trim().replaceAll("\n", "; ");
}
