import { type Volume } from "./volume";

/** The device name of the root volume in most images. */
export const ROOT_DEVICE = "/dev/xvda";

/** The volume that an instance boots from. */
export interface RootVolume extends Volume {
  /**
   * Its size in GiB, 1 to 65536; 1 to 16384 for gp2, 4 to 16384 for io1. Required with any other setting
   * than `device`, and always required by `StatefulElastigroup`.
   * @default - that of the construct that creates the group, if it has one
   */
  readonly size?: number;
  /**
   * The root device of the image: `/dev/xvda` for Amazon Linux and Debian, `/dev/sda1` for Ubuntu. Any other device
   * would be a second, empty volume.
   * @default "/dev/xvda"
   */
  readonly device?: string;
}
