import { existsSync } from "node:fs";
import { NodeWatch } from "../play/node-watch";
import { Played } from "../play/play";
import { Progress } from "../report/progress";
import { type Result } from "../report/result";
import { Cluster } from "./cluster";
import { type LocalFault } from "./faults/fault";
import { type Programs } from "./requirements";
import { Workplace } from "./workplace";

/** Plays the faults, one after the other, on one cluster. A fault that does not end as it must ends the run. */
export async function rehearse(
  programs: Programs,
  faults: readonly LocalFault[],
  write: (line: string) => void,
): Promise<Result> {
  const progress = new Progress(write);
  const workplace = new Workplace([programs.executable, programs.python]);
  const played = new Played();
  let watch: NodeWatch | undefined;
  let error: string | undefined;
  try {
    const cluster = await Cluster.create(workplace.directory, programs, progress);
    try {
      watch = new NodeWatch(cluster.port, progress);
      watch.add("master", ...cluster.masters.addresses);
      watch.add("replica", cluster.replica.address);
      await cluster.join();
      await played.playAll(cluster, faults);
    } finally {
      await watch?.stop();
      // Together: a command of the agent that waits for the cluster would delay the end.
      await Promise.all([cluster.close(), workplace.close()]);
    }
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
  } finally {
    await workplace.close();
  }
  const left = existsSync(workplace.directory) ? [workplace.directory] : [];
  const leftBehind = [...left, ...workplace.processes().map((pid) => `process ${pid}`)];
  if (leftBehind.length === 0)
    progress.note("all processes have ended, and the folder of the run is removed");
  return {
    title: "three masters and a replica with its agent, as processes",
    server: programs.version,
    ...{ rows: played.rows, pauses: played.pauses, events: progress.events },
    lanes: watch?.lanes ?? [],
    milliseconds: progress.now,
    ...(error !== undefined && { error }),
    leftBehind,
  };
}
