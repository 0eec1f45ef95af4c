import { setTimeout as sleep } from "node:timers/promises";
import { type Scene } from "../scene";
import { type Fault, holds, more } from "./fault";
import { appendOnlyComplete, promote, servesAgain } from "./promoted";

/** Seconds in which Redis does not answer: longer than the timeout of one command, and shorter than two of them. */
const SILENT = 3;

/** If a missing reply were read as "not a master", the append-only file would be off once Redis replies again. */
export const fault: Fault = {
  id: "F52",
  title: `a promoted replica is stopped while it does not answer for ${SILENT} s: its append-only file stays on`,
  async run(scene) {
    const id = await scene.node(0).cli("CLUSTER", "MYID");
    const writer = await scene.write();
    await promote(scene);
    await more(writer, 1000, { what: "plain" });
    await writer.stop();
    await appendOnlyComplete(scene);
    const cursor = await lastEntry(scene);
    const silence = scene
      .node(0)
      .cli("DEBUG", "SLEEP", String(SILENT))
      .catch(() => undefined);
    await sleep(300);
    await scene.run(0, ["timeout", "45", "systemctl", "stop", "redis-replica"]);
    await silence;
    const argv = ["journalctl", "--unit=redis-replica", "--output=cat", `--after-cursor=${cursor}`];
    const log = await scene.run(0, argv);
    // Redis logs this line at its end if the file is on.
    holds(`the append-only file was on to the end\n${log}`, log.includes("fsync() on the AOF file"));
    return servesAgain(scene, id, () => {
      return scene.run(0, ["systemctl", "start", "--no-block", "redis-replica"]);
    });
  },
};

/** The current end of a machine's journal. */
async function lastEntry(scene: Scene): Promise<string> {
  const text = await scene.run(0, ["journalctl", "--lines=1", "--output=cat", "--show-cursor"]);
  return /-- cursor: (.*)/.exec(text)?.[1] ?? "";
}
