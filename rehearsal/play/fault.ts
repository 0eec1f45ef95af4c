import { untilAbove } from "../wait";
import { type Writer } from "../writer";

/** The result of a fault. */
export interface Ending {
  /**
   * back: in sync again as replicas; promoted: a replica serves the slots of its master; joined: in sync as new nodes, since
   * the config keeps no volume.
   */
  readonly outcome: "back" | "promoted" | "joined";
  /** Milliseconds from the start of the replacement, or from the loss of the master, until this outcome. */
  readonly milliseconds: number;
  /** How replicas got the data; absent if none replicated. */
  readonly resync?: "partial" | "full";
}

/** Something that happens to a cluster whose replicas are in sync, while a writer writes. */
export interface Fault<Cluster> {
  /** As `--faults` takes it. */
  readonly name: string;
  readonly title: string;
  /** Whether a replica must be promoted before it. @default false */
  readonly promoted?: boolean;
  readonly run: (cluster: Cluster, writer: Writer) => Promise<Ending>;
}

/** The faults of `--faults NAME,NAME`, in the order of all. Throws for a name that no fault has. */
export function faultsOf<F extends { readonly name: string }>(all: readonly F[], names: string): F[] {
  const wanted = names.split(",").map((name) => name.trim());
  const unknown = wanted.filter((name) => !all.some((fault) => fault.name === name));
  if (unknown.length > 0) {
    const known = all.map(({ name }) => name).join(", ");
    throw new Error(`--faults must be some of ${known}, got: ${unknown.join(", ")}`);
  }
  return all.filter(({ name }) => wanted.includes(name));
}

/** The resync, by the counts of all masters before and after it. */
export function resyncOf(before: Resyncs, after: Resyncs): Ending["resync"] {
  return after.full > before.full ? "full" : "partial";
}

/** How often masters have brought a replica up to date since they were started. */
export interface Resyncs {
  readonly full: number;
  readonly partial: number;
}

/** Waits until further writes are acknowledged: more than `count` were on a replica. */
export async function acknowledged(writer: Writer, count = 200): Promise<void> {
  const evidence = (): string => JSON.stringify(writer.counts);
  const options = { timeout: 120_000, pause: 30_000, evidence };
  const goal = writer.counts.acknowledged + count;
  await untilAbove("further writes are acknowledged", options, goal, () => writer.counts.acknowledged);
}
