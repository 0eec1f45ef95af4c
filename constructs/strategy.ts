import { type IResolvable } from "cdktf";
import { type Orientation } from "./orientation";
import { type RevertToSpot } from "./revert-to-spot";

/** How Spot picks machines and when it moves an instance to another. */
export interface Strategy {
  /**
   * What weighs when a market is picked.
   * @default Orientation.AVAILABILITY
   */
  readonly orientation?: Orientation;
  /**
   * Whether an on-demand instance takes over where there is no spot capacity.
   * @default true
   */
  readonly fallbackToOnDemand?: boolean | IResolvable;
  /**
   * When an on-demand fallback is replaced by spot again.
   * @default RevertToSpot.NEVER
   */
  readonly revertToSpot?: RevertToSpot;
  /**
   * Seconds between the deregistration of an instance and its end, 1 to 3600.
   * @default 120
   */
  readonly drainingTimeout?: number;
}
