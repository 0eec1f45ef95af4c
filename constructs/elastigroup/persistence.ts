import { type IResolvable } from "cdktf";

/** What a replacement takes over from the instance it replaces. */
export interface Persistence {
  /**
   * The root volume: imaged every five minutes and once more after a clean end.
   * @default true
   */
  readonly rootVolume?: boolean | IResolvable;
  /**
   * The private IP. Its network interface stays in one subnet, and so does the replica.
   * @default true
   */
  readonly privateIp?: boolean | IResolvable;
  /**
   * The data volume, where the group has one.
   * @default - true where there is one
   */
  readonly dataVolume?: boolean | IResolvable;
}
