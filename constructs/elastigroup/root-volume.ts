import { type Volume } from "./volume";

/** Where most images have their root volume. */
export const ROOT_DEVICE = "/dev/xvda";

/** The volume that an instance boots from. */
export interface RootVolume extends Volume {
  /**
   * Its size in GiB, 1 to 65536; 1 to 16384 for gp2, 4 to 16384 for io1. Required with any setting
   * but `device`, and by `StatefulElastigroup` in any case.
   * @default - that of the construct that makes the group, if it has one
   */
  readonly size?: number;
  /**
   * The device the image boots from: `/dev/xvda` for Amazon Linux and Debian, `/dev/sda1` for Ubuntu. Another
   * one would be a second, empty volume.
   * @default "/dev/xvda"
   */
  readonly device?: string;
}
