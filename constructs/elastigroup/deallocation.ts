import { type IResolvable } from "cdktf";

/**
 * What Spot deletes when Terraform destroys the group. It counts as it was last applied. The network interfaces
 * always go: Spot deletes them by default, and its provider cannot change that.
 */
export interface Deallocation {
  /**
   * The images of root volumes.
   * @default true
   */
  readonly images?: boolean | IResolvable;
  /**
   * The volumes.
   * @default true
   */
  readonly volumes?: boolean | IResolvable;
  /**
   * The snapshots.
   * @default true
   */
  readonly snapshots?: boolean | IResolvable;
}
