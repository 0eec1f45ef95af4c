import { untilAbove } from "../../wait";
import { type Writer } from "../../writer";
import { type Cluster } from "../cluster";

/** The result of a fault. */
export interface Ending {
  /** back: in sync again as a replica; promoted: serves the slots of its master. */
  readonly outcome: "back" | "promoted";
  /** Milliseconds from the start of the replacement, or from the loss of the master, until this outcome. */
  readonly milliseconds: number;
  /** How the replica got the data; absent if it did not replicate. */
  readonly resync?: "partial" | "full";
}

/** Something that happens to a cluster whose replica is in sync, while a writer writes. */
export interface Fault {
  /** As `--faults` takes it. */
  readonly name: string;
  readonly title: string;
  /** Whether the replica must be promoted before it. @default false */
  readonly promoted?: boolean;
  readonly run: (cluster: Cluster, writer: Writer) => Promise<Ending>;
}

/** Starts the replica's instance, and waits until it is in sync. */
export async function recovery({ masters, replica }: Cluster): Promise<Ending> {
  const before = await masters.resyncs();
  const begin = Date.now();
  const started = replica.start();
  await replica.reaches(/^in sync/);
  const milliseconds = Date.now() - begin;
  await started;
  const after = await masters.resyncs();
  return { outcome: "back", milliseconds, resync: after.full > before.full ? "full" : "partial" };
}

/** Waits until further writes are acknowledged: more than `count` were on a replica. */
export async function acknowledged(writer: Writer, count = 200): Promise<void> {
  const evidence = (): string => JSON.stringify(writer.counts);
  const options = { timeout: 120_000, pause: 30_000, evidence };
  const goal = writer.counts.acknowledged + count;
  await untilAbove("further writes are acknowledged", options, goal, () => writer.counts.acknowledged);
}
