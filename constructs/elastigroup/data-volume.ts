import { SNAPSHOT } from "../validation/formats";
import { type Checks } from "../validation/validator";
import { oneOf, ofKind } from "../validation/value-rules";
import { checkVolume, type Volume } from "./volume";

/** How a replacement gets the data volume. */
export class DataVolumeMode {
  /**
   * The same volume, attached again once the instance has booted; in another zone a new one from the latest
   * snapshot.
   */
  public static readonly REATTACH = new DataVolumeMode("reattach");
  /** A new volume at each launch, from the latest snapshot: one is taken every five minutes. */
  public static readonly SNAPSHOT = new DataVolumeMode("onLaunch");

  /**
   * A mode by Spot's own name, for a value that is a token.
   * @param value `reattach` or `onLaunch`
   */
  public static of(value: string): DataVolumeMode {
    return new DataVolumeMode(value);
  }

  private constructor(
    /** Spot's own name. */
    public readonly value: string,
  ) {}
}

/**
 * A volume beside the root. `RedisReplicas` formats and mounts it. Where there is no Redis it is only attached: the
 * rest is the user data's, which must wait for it, since a volume that is attached again comes after the boot.
 */
export interface DataVolume extends Volume {
  /**
   * The device name.
   * @default "/dev/xvdf"
   */
  readonly device?: string;
  /**
   * How a replacement gets it.
   * @default DataVolumeMode.REATTACH
   */
  readonly mode?: DataVolumeMode;
  /**
   * The snapshot that the first volume is made from.
   * @default - none: an empty volume
   */
  readonly snapshotId?: string;
}

/** Checks each value by itself. */
export function checkDataVolume(volume: DataVolume, checks: Checks): void {
  checkVolume("dataVolume", volume, checks);
  checks.optional("dataVolume.snapshotId", volume.snapshotId, ofKind(SNAPSHOT));
  const { value } = volume.mode ?? DataVolumeMode.REATTACH;
  checks.value("dataVolume.mode", value, oneOf(["reattach", "onLaunch"]));
}
