import { type Progress } from "../report/progress";
import { type Pause, type Row, seconds } from "../report/result";
import { type Verdict, type Writer } from "../writer";
import { type Fault } from "./fault";

/** A cluster on which faults are played. */
export interface Playable {
  readonly progress: Progress;
  /** The nodes whose copies count: all that run. */
  readonly addresses: readonly string[];
  /** Writes to all slots, with its own keys. */
  write(prefix: string): Promise<Writer>;
  /** Promotes a replica, or returns to the roles of the start. */
  setPromoted(promoted: boolean): Promise<void>;
  /** Whether every replica has the node ID from before. */
  hasSameIds(): Promise<boolean>;
  /** Compares every key of each replica with its master. Returns their number, or throws with how many differ. */
  compare(): Promise<number>;
}

/** What was played so far. A run that fails keeps it. */
export class Played {
  readonly rows: Row[] = [];
  readonly pauses: Pause[] = [];
  private readonly writers: Writer[] = [];

  /** Plays faults, one after the other, on one cluster. Throws if one does not end as it must. */
  async playAll<C extends Playable>(cluster: C, faults: readonly Fault<C>[]): Promise<void> {
    for (const fault of faults) {
      const writer = await cluster.write(fault.name);
      this.writers.push(writer);
      try {
        this.rows.push(await play(cluster, fault, writer));
      } finally {
        await writer.stop();
        const { progress } = cluster;
        const spans = writer.pauses.map(({ from, to }) => ({ from: progress.at(from), to: progress.at(to) }));
        this.pauses.push(...spans);
      }
    }
    // Once more: a later fault may have lost the writes of an earlier one.
    const verdicts = await Promise.all(this.writers.map((writer) => writer.verify(cluster.addresses)));
    for (const [index, row] of this.rows.entries())
      this.rows[index] = { ...row, lost: Math.max(row.lost, lostBy(verdicts[index])) };
  }
}

async function play<C extends Playable>(cluster: C, fault: Fault<C>, writer: Writer): Promise<Row> {
  const { progress } = cluster;
  const { name, title, promoted = false } = fault;
  progress.heading(`${name}: ${title}`);
  const from = progress.now;
  await cluster.setPromoted(promoted);
  const ending = await fault.run(cluster, writer);
  await writer.stop();
  const sameId = await cluster.hasSameIds();
  const keys = await cluster.compare();
  const verdict = await writer.verify(cluster.addresses);
  const row: Row = {
    ...{ name, title, ...ending, from, to: progress.now, sameId, keys },
    acknowledged: verdict.acknowledged,
    lost: lostBy(verdict),
    lostUnacknowledged: verdict.lostPlain - verdict.lostAcknowledged,
    longestPause: verdict.longestGap,
  };
  progress.result(summary(row));
  return row;
}

/** A key that no node answers for counts as lost. */
function lostBy(verdict?: Pick<Verdict, "lostAcknowledged" | "unanswered">): number {
  return (verdict?.lostAcknowledged ?? 0) + (verdict?.unanswered ?? 0);
}

/** The result of a fault in one line. */
export function summary(row: Row): string {
  const { outcome, milliseconds, resync, sameId, keys, acknowledged, lost } = row;
  return [
    `${outcome} after ${seconds(milliseconds)} s`,
    ...(resync ? [`${resync} resync`] : []),
    sameId ? "same node ID" : "ANOTHER NODE ID",
    `${keys} keys equal`,
    `${acknowledged} writes acknowledged`,
    `${lost} lost`,
  ].join(", ");
}
