import { type Volume } from "./volume";

/** The volume that an instance boots from. */
export interface RootVolume extends Volume {
  /**
   * The device the image boots from: `/dev/xvda` for Amazon Linux and Debian, `/dev/sda1` for Ubuntu. Another
   * one would be a second, empty volume.
   * @default "/dev/xvda"
   */
  readonly device?: string;
}
