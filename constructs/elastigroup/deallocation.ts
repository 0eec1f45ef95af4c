import { type IResolvable } from "cdktf";

/**
 * What Spot deletes when Terraform destroys the group. The values of the last apply are used. Network interfaces are
 * always deleted: this is Spot's default, and its provider cannot change it.
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
