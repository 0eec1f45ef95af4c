import { type Lane } from "../play/node-watch";
import { type Ending } from "../play/fault";
import { type Event } from "./progress";

/** The result of a fault, and what was found afterwards. */
export interface Row extends Ending {
  readonly name: string;
  readonly title: string;
  /** Milliseconds of the run at which the fault began and ended. */
  readonly from: number;
  readonly to: number;
  /** Whether every replica has its node ID from before. */
  readonly sameId: boolean;
  /** Keys that are equal at both nodes of each replica's shard. */
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

/** A time in which a shard accepted no writes, in milliseconds of the run. */
export interface Pause {
  readonly from: number;
  readonly to: number;
}

export interface Result {
  /** What was rehearsed, in a few words. */
  readonly title: string;
  readonly server: string;
  readonly rows: readonly Row[];
  readonly events: readonly Event[];
  readonly lanes: readonly Lane[];
  readonly pauses: readonly Pause[];
  readonly milliseconds: number;
  /** Why the run ended early. */
  readonly error?: string;
  /** Processes, folders and other things of the run that were left. */
  readonly leftBehind: readonly string[];
}

/** Whether every fault ended as it must, and nothing is left. */
export function isGood({ rows, leftBehind, error }: Result): boolean {
  return error === undefined && leftBehind.length === 0 && rows.every(isGoodRow);
}

/** A replica that joined as a new node has another ID. */
function isGoodRow({ lost, sameId, outcome }: Row): boolean {
  return lost === 0 && (sameId || outcome === "joined");
}

/** The object of `--json`. */
export function toJson(result: Result): object {
  const { title, server, rows, milliseconds, leftBehind, error } = result;
  return {
    ok: isGood(result),
    title,
    server,
    seconds: rounded(milliseconds),
    faults: rows.map((row) => ({
      name: row.name,
      title: row.title,
      outcome: row.outcome,
      seconds: rounded(row.milliseconds),
      resync: row.resync ?? null,
      same_node_id: row.sameId,
      keys_compared: row.keys,
      acknowledged_writes: row.acknowledged,
      lost_writes: row.lost,
      lost_unacknowledged_writes: row.lostUnacknowledged,
      longest_pause_seconds: rounded(row.longestPause),
    })),
    error: error ?? null,
    left_behind: leftBehind,
  };
}

/** The last line of a run: what was lost, and what is left. */
export function conclusion({ server, rows, milliseconds, leftBehind }: Result): string {
  const lost = rows.reduce((sum, row) => sum + row.lost, 0);
  const left = leftBehind.length === 0 ? "nothing is left behind" : `left behind: ${leftBehind.join(", ")}`;
  return `${server}, ${seconds(milliseconds)} s in all: ${lost} acknowledged writes lost, ${left}`;
}

/** Seconds for people, such as `1.9`. */
export function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds / 10) / 100;
}
