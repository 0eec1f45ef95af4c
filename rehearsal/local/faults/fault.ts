import { type Ending, type Fault, resyncOf } from "../../play/fault";
import { type Cluster } from "../cluster";

/** A fault of the local rehearsal. */
export type LocalFault = Fault<Cluster>;

/** Starts the replica's instance, and waits until it is in sync. */
export async function recovery({ masters, replica }: Cluster): Promise<Ending> {
  const before = await masters.resyncs();
  const begin = Date.now();
  const started = replica.start();
  await replica.reaches(/^in sync/);
  const milliseconds = Date.now() - begin;
  await started;
  return { outcome: "back", milliseconds, resync: resyncOf(before, await masters.resyncs()) };
}
