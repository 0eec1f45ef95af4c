import { existsSync } from "node:fs";
import { type Writer } from "../writer";
import { Cluster } from "./cluster";
import { type Ending, type Fault } from "./faults/fault";
import { type Event, Progress } from "./progress";
import { type Programs } from "./requirements";
import { Workplace } from "./workplace";

/** The result of a fault, and what was found afterwards. */
export interface Row extends Ending {
  readonly name: string;
  readonly title: string;
  /** Milliseconds of the run at which the fault began and ended. */
  readonly from: number;
  readonly to: number;
  /** Whether the node has its ID from before. */
  readonly sameId: boolean;
  /** Keys that are equal at both nodes of the replica's shard. */
  readonly keys: number;
  /** Acknowledged writes: with the reply OK, and found on a replica. */
  readonly acknowledged: number;
  /** Keys whose last acknowledged value is on no node, at the end of the run. */
  readonly lost: number;
  /** Keys whose last value with the reply OK is on no node. Redis does not guarantee writes that no replica has. */
  readonly lostUnacknowledged: number;
  /** The longest time in which a shard accepted no writes, in milliseconds. */
  readonly longestPause: number;
}

export interface Result {
  readonly server: string;
  readonly rows: readonly Row[];
  readonly events: readonly Event[];
  readonly milliseconds: number;
  /** Processes and folders of the run that were left. */
  readonly leftBehind: readonly string[];
}

/** Plays the faults, one after the other, on one cluster. Throws if one does not end as it must. */
export async function rehearse(
  programs: Programs,
  faults: readonly Fault[],
  write: (line: string) => void,
): Promise<Result> {
  const progress = new Progress(write);
  const workplace = new Workplace([programs.executable, programs.python]);
  let rows: Row[];
  try {
    const cluster = await Cluster.create(workplace.directory, programs, progress);
    try {
      await cluster.join();
      rows = await playAll(cluster, faults);
    } finally {
      // Together: a command of the agent that waits for the cluster would delay the end.
      await Promise.all([cluster.close(), workplace.close()]);
    }
  } finally {
    await workplace.close();
  }
  const left = existsSync(workplace.directory) ? [workplace.directory] : [];
  const leftBehind = [...left, ...workplace.processes().map((pid) => `process ${pid}`)];
  progress.note("all processes have ended, and the folder of the run is removed");
  const { events, now: milliseconds } = progress;
  return { server: programs.version, rows, events, milliseconds, leftBehind };
}

async function playAll(cluster: Cluster, faults: readonly Fault[]): Promise<Row[]> {
  const writers: Writer[] = [];
  const rows: Row[] = [];
  for (const fault of faults) {
    const writer = await cluster.write(fault.name);
    writers.push(writer);
    try {
      rows.push(await play(cluster, fault, writer));
    } finally {
      await writer.stop();
    }
  }
  // Once more: a later fault may have lost the writes of an earlier one.
  const verdicts = await Promise.all(writers.map((writer) => writer.verify(cluster.addresses)));
  return rows.map((row, index) => ({ ...row, lost: Math.max(row.lost, lostBy(verdicts[index])) }));
}

async function play(cluster: Cluster, fault: Fault, writer: Writer): Promise<Row> {
  const { progress } = cluster;
  const { name, title } = fault;
  progress.heading(`${name}: ${title}`);
  const from = progress.now;
  const isPromoted = (await cluster.owner()) === cluster.replica.server;
  if (fault.promoted && !isPromoted) await cluster.promote();
  if (!fault.promoted && isPromoted) await cluster.demote();
  const ending = await fault.run(cluster, writer);
  await writer.stop();
  const sameId = (await cluster.myId()) === cluster.id;
  const keys = await cluster.compare();
  const verdict = await writer.verify(cluster.addresses);
  const row: Row = {
    ...{ name, title, ...ending, from, to: progress.now, sameId, keys },
    acknowledged: verdict.acknowledged,
    lost: lostBy(verdict),
    lostUnacknowledged: verdict.lostPlain - verdict.lostAcknowledged,
    longestPause: verdict.longestGap,
  };
  progress.note(summary(row));
  return row;
}

/** A key that no node answers for counts as lost. */
function lostBy(verdict?: { readonly lostAcknowledged: number; readonly unanswered: number }): number {
  return (verdict?.lostAcknowledged ?? 0) + (verdict?.unanswered ?? 0);
}

function summary({ outcome, milliseconds, resync, sameId, keys, acknowledged, lost }: Row): string {
  return [
    `${outcome} after ${(milliseconds / 1000).toFixed(1)} s`,
    ...(resync ? [`${resync} resync`] : []),
    sameId ? "same node ID" : "ANOTHER NODE ID",
    `${keys} keys equal`,
    `${acknowledged} writes acknowledged`,
    `${lost} lost`,
  ].join(", ");
}
