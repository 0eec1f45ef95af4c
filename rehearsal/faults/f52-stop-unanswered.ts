import { setTimeout as sleep } from "node:timers/promises";
import { type Scene } from "../scene";
import { until } from "../wait";
import { type Fault, holds, more, nothingLost, since } from "./fault";
import { promote } from "./promoted";

/** Seconds in which Redis answers nothing: longer than one question is given, and shorter than two. */
const SILENT = 3;

/** Whoever takes silence for "not a master" switches the append-only file off, and Redis does so when it is back. */
export const fault: Fault = {
  id: "F52",
  title: `a promoted replica is stopped while it answers nothing for ${SILENT} s: its append-only file stays on`,
  async run(scene) {
    const writer = await scene.write();
    await promote(scene);
    await more(writer, 1000, { what: "plain" });
    await writer.stop();
    const node = scene.node(0);
    await until("the append-only file is complete", { timeout: 30_000 }, async () => {
      const info = await node.info("persistence");
      return info["aof_enabled"] === "1" && info["aof_rewrite_in_progress"] === "0";
    });
    const cursor = await lastEntry(scene);
    const silence = node.cli("DEBUG", "SLEEP", String(SILENT)).catch(() => undefined);
    await sleep(300);
    await scene.run(0, ["timeout", "45", "systemctl", "stop", "redis-replica"]);
    await silence;
    const argv = ["journalctl", "--unit=redis-replica", "--output=cat", `--after-cursor=${cursor}`];
    const said = await scene.run(0, argv);
    // What Redis says at its end where the file is on.
    holds(`the append-only file was on to the end\n${said}`, said.includes("fsync() on the AOF file"));
    const start = Date.now();
    await scene.run(0, ["systemctl", "start", "--no-block", "redis-replica"]);
    await scene.reaches(0, /^promoted/);
    const seconds = since(start);
    await until("the cluster is whole", { timeout: 30_000 }, () => scene.whole());
    const counts = nothingLost(await scene.verdict());
    holds("nothing that was written to the promoted node is gone", counts.lostPlain === 0);
    return { outcome: "serves", seconds, ...counts };
  },
};

/** Where the journal of a machine ends now. */
async function lastEntry(scene: Scene): Promise<string> {
  const text = await scene.run(0, ["journalctl", "--lines=1", "--output=cat", "--show-cursor"]);
  return /-- cursor: (.*)/.exec(text)?.[1] ?? "";
}
