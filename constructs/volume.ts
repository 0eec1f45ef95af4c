import { type ElastigroupAwsEbsBlockDevice } from "@cdktf/provider-spotinst/lib/elastigroup-aws";
import { type IResolvable, Token } from "cdktf";
import { IOPS, KMS_KEY, oneOfRule, THROUGHPUT, VOLUME_SIZE } from "./kinds";
import { must, mustBe, mustBeWithin, violation } from "./rules";

/** The types of EBS volumes that suit Redis. */
export class VolumeType {
  /** 3000 IOPS and 125 MiB/s whatever the size, and more where asked. */
  public static readonly GP3 = new VolumeType("gp3");
  /** 3 IOPS per GiB, with bursts. */
  public static readonly GP2 = new VolumeType("gp2");
  /** So many IOPS as asked. */
  public static readonly IO1 = new VolumeType("io1");

  /**
   * A type by EC2's own name, for a value that is a token.
   * @param value `gp3`, `gp2` or `io1`
   */
  public static of(value: string): VolumeType {
    // The provider lowers what Spot answers, so that capitals here would differ for ever.
    return new VolumeType(Token.isUnresolved(value) ? value : value.toLowerCase());
  }

  private constructor(
    /** EC2's own name, in lower case. */
    public readonly value: string,
  ) {}
}

/** An EBS volume. */
export interface Volume {
  /** Its size in GiB, 1 to 65536. */
  readonly size: number;
  /**
   * Its type.
   * @default VolumeType.GP3
   */
  readonly type?: VolumeType;
  /**
   * I/O operations per second: 3000 to 80000 for gp3 (at most 500 per GiB), 100 to 64000 for io1 (at most 50
   * per GiB), where it must be given; gp2 has its own.
   * @default - 3000 for gp3
   */
  readonly iops?: number;
  /**
   * MiB/s of a gp3 volume, 125 to 1000, and at most a quarter of its IOPS.
   * @default 125
   */
  readonly throughput?: number;
  /**
   * Whether it is encrypted.
   * @default true
   */
  readonly encrypted?: boolean | IResolvable;
  /**
   * The KMS key it is encrypted with, by id, alias or ARN.
   * @default - the account's own key for EBS
   */
  readonly kmsKeyId?: string;
}

const TYPES = ["gp3", "gp2", "io1"];

/** The least IOPS and throughput of gp3: what AWS takes where nothing is said. */
const GP3 = { iops: 3000, throughput: 125 };

/** Throws where one value of a volume can be no such value. */
export function checkVolume(prop: string, volume: Volume): void {
  mustBeWithin(`${prop}.size`, volume.size, VOLUME_SIZE.least, VOLUME_SIZE.most, " GiB");
  if (volume.type !== undefined) {
    must(`${prop}.type`, oneOfRule(TYPES), volume.type.value, TYPES.includes(volume.type.value));
  }
  if (volume.throughput !== undefined) {
    mustBeWithin(`${prop}.throughput`, volume.throughput, THROUGHPUT.least, THROUGHPUT.most, " MiB/s");
  }
  if (volume.kmsKeyId !== undefined) mustBe(`${prop}.kmsKeyId`, volume.kmsKeyId, KMS_KEY);
}

/** How a volume's values do not fit together. */
export function volumeViolations(prop: string, volume: Volume): string[] {
  return volumeConflicts(volume).map(({ part, rule, got }) => violation(`${prop}.${part}`, rule, got));
}

/** One value of a volume that does not fit the others. */
export interface Conflict {
  readonly part: "iops" | "throughput" | "kmsKeyId";
  readonly rule: string;
  readonly got: unknown;
}

/** What `volumeConflicts` looks at; the config file's volumes have the same parts. */
export interface VolumeParts {
  readonly size?: unknown;
  readonly type?: string | { readonly value: string };
  readonly iops?: unknown;
  readonly throughput?: unknown;
  readonly encrypted?: unknown;
  readonly kmsKeyId?: unknown;
}

/** The values that do not fit the volume's type, size or encryption. */
export function volumeConflicts(volume: VolumeParts): Conflict[] {
  const { type = "gp3", size, iops, throughput, encrypted = true, kmsKeyId } = volume;
  const name = typeof type === "string" ? type : type.value;
  const found: Conflict[] = [];
  const add = (part: Conflict["part"], rule: string, got: unknown): void =>
    void found.push({ part, rule, got });
  const range = IOPS[name];
  if (iops !== undefined && TYPES.includes(name) && !range) add("iops", `be left out for ${name}`, iops);
  if (iops === undefined && name === "io1") add("iops", "be given for io1", undefined);
  if (range && isKnown(iops)) {
    if (!Number.isInteger(iops) || iops < range.least || iops > range.most) {
      add("iops", `be a whole number from ${range.least} to ${range.most} for ${name}`, iops);
    } else if (isKnown(size) && iops > Math.max(range.least, range.perGib * size)) {
      add("iops", `be at most ${range.perGib} per GiB of \`size\` for ${name}`, iops);
    }
  }
  if (throughput !== undefined && TYPES.includes(name) && name !== "gp3") {
    add("throughput", `be left out for ${name}`, throughput);
  } else if (isKnown(throughput) && (iops === undefined || isKnown(iops))) {
    const most = Math.floor((iops ?? GP3.iops) / 4);
    if (throughput > most) add("throughput", `be at most a quarter of \`iops\` (${most} MiB/s)`, throughput);
  }
  if (kmsKeyId !== undefined && encrypted === false) {
    add("kmsKeyId", "be left out unless `encrypted` is true", kmsKeyId);
  }
  return found;
}

function isKnown(value: unknown): value is number {
  return typeof value === "number" && !Token.isUnresolved(value);
}

/**
 * The volume as the provider takes it, complete: what is left out and filled in by the API would differ from
 * the configuration in every plan.
 */
export function renderVolume(
  volume: Volume,
  device: string,
  deleteOnTermination: boolean | IResolvable,
): ElastigroupAwsEbsBlockDevice {
  const type = volume.type?.value ?? "gp3";
  return {
    deviceName: device,
    volumeType: type,
    volumeSize: volume.size,
    iops: volume.iops ?? (type === "gp3" ? GP3.iops : undefined),
    throughput: volume.throughput ?? (type === "gp3" ? GP3.throughput : undefined),
    encrypted: volume.encrypted ?? true,
    kmsKeyId: volume.kmsKeyId,
    deleteOnTermination,
  };
}
