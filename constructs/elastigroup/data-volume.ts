import { SNAPSHOT } from "../validation/formats";
import { wordsOf } from "../validation/known-words";
import { type Validator } from "../validation/validator";
import { ofFormat, oneOf } from "../validation/value-rules";
import { validateVolume, type Volume } from "./volume";

/** Where a data volume goes by default. */
export const DATA_DEVICE = "/dev/xvdf";

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
   * A mode by Spot's own name, for a value that is a token. Another name than those above is refused: an instance relies on
   * what a replacement brings, a volume that comes after the boot or one of an older snapshot.
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
 * A volume beside the root. The group only attaches it. The user data formats and mounts it, and must wait for it, since
 * a volume that is attached again comes after the boot.
 */
export interface DataVolume extends Volume {
  /** Its size in GiB, 1 to 65536; 1 to 16384 for gp2, 4 to 16384 for io1. */
  readonly size: number;
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
export function validateDataVolume(volume: DataVolume, validator: Validator): void {
  validateVolume("dataVolume", volume, validator);
  validator.optional("dataVolume.snapshotId", volume.snapshotId, ofFormat(SNAPSHOT));
  const { value } = volume.mode ?? DataVolumeMode.REATTACH;
  validator.value("dataVolume.mode", value, oneOf<string>(wordsOf(DataVolumeMode)));
}
