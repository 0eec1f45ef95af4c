import { type IResolvable } from "cdktf";

/** What is kept at a replacement. */
export interface Persistence {
  /**
   * The root volume. An image of it is created every five minutes and after a clean shutdown.
   * @default true
   */
  readonly rootVolume?: boolean | IResolvable;
  /**
   * The private IP. Its network interface is in one subnet, so all replacements are in this subnet.
   * @default true
   */
  readonly privateIp?: boolean | IResolvable;
  /**
   * The data volume, if the group has one.
   * @default - true if there is one
   */
  readonly dataVolume?: boolean | IResolvable;
}
