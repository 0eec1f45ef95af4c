import { SNAPSHOT } from "../validation/formats";
import { word, wordsOf } from "../validation/known-words";
import { type Validator } from "../validation/validator";
import { ofFormat, oneOf } from "../validation/value-rules";
import { validateVolume, type Volume } from "./volume";

/** The default device name of a data volume. */
export const DATA_DEVICE = "/dev/xvdf";

/** How a replacement gets the data volume. */
export class DataVolumeMode {
  /**
   * The same volume, attached after the instance has booted. In another zone, it is a new volume from the latest snapshot.
   */
  public static readonly REATTACH = new DataVolumeMode("reattach");
  /** A new volume at each launch, from the latest snapshot. Snapshots are taken every five minutes. */
  public static readonly SNAPSHOT = new DataVolumeMode("onLaunch");

  /**
   * A mode by its name in Spot, for a value that is a token. A name other than those above is refused: instances must know
   * whether a volume is attached after the boot, or made from an older snapshot.
   * @param value `reattach` or `onLaunch`
   */
  public static of(value: string): DataVolumeMode {
    return new DataVolumeMode(word(value));
  }

  private constructor(
    /** The name in Spot. */
    public readonly value: string,
  ) {}
}

/**
 * A volume in addition to the root volume. The group only attaches it. The user data formats and mounts it, and must wait
 * for it, since a volume is reattached after the boot.
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
   * The snapshot from which the first volume is created.
   * @default - none: an empty volume
   */
  readonly snapshotId?: string;
}

/** Validates each value separately. */
export function validateDataVolume(volume: DataVolume, validator: Validator): void {
  validateVolume("dataVolume", volume, validator);
  validator.optional("dataVolume.snapshotId", volume.snapshotId, ofFormat(SNAPSHOT));
  const { value } = volume.mode ?? DataVolumeMode.REATTACH;
  validator.value("dataVolume.mode", value, oneOf<string>(wordsOf(DataVolumeMode)));
}
