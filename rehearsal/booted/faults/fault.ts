import { type Fault } from "../../play/fault";
import { type Cluster } from "../cluster";
import { type RehearsedConfig } from "../rehearsed-config";

/** A fault of the rehearsal with booted instances. */
export interface BootedFault extends Fault<Cluster> {
  /** Why it cannot be played with a config. @default - with every config it can */
  readonly impossible?: (config: RehearsedConfig) => string | undefined;
}

/** Of faults that need an election. */
export function needsFailover({ mayFailOver }: RehearsedConfig): string | undefined {
  return mayFailOver ? undefined : "failover is never";
}

/** Of faults that start from an older image. */
export function needsImages({ keepsData, hasDataVolume }: RehearsedConfig): string | undefined {
  if (hasDataVolume) return "images are of the root volume, and the data is on a data volume";
  return keepsData ? undefined : "the root volume is not kept";
}
