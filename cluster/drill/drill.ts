import { type Moment, type Resync } from "./recovery";
import { type Readback, type Write } from "./writer";

/** What a drill measured. */
export interface Drill {
  readonly cluster: string;
  readonly statefulInstanceId: string;
  readonly privateIp: string | undefined;
  readonly nodeId: string;
  readonly requestedAt: number;
  /** Milliseconds from the request. */
  readonly moments: ReadonlyMap<Moment, number>;
  readonly resync: Resync;
  readonly writes: readonly Write[];
  readonly acknowledged: number;
  readonly failed: number;
  readonly longestGap: number;
  readonly readback: Readback;
  readonly isCleaned: boolean;
}

/** What each moment is called. */
export const MOMENT_NAMES: Readonly<Record<Moment, string>> = {
  server_gone: "server gone",
  failed: "failed in the view of all masters",
  instance_gone: "instance gone",
  instance_running: "new instance runs",
  server_answers: "server answers",
  link_up: "replication link up",
  in_sync: "in sync for all masters",
};
