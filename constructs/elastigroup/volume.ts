import { type ElastigroupAwsEbsBlockDevice } from "@cdktf/provider-spotinst/lib/elastigroup-aws";
import { type IResolvable, Token } from "cdktf";
import { hcl } from "../terraform/hcl";
import { type Constraint, isBroken } from "../validation/constraint";
import { DEVICE, KMS_KEY } from "../validation/formats";
import { GP3, IOPS, SIZES, THROUGHPUT, VOLUME_SIZE } from "../validation/limits";
import { type Validator } from "../validation/validator";
import { isKnown, ofFormat, oneOf, within } from "../validation/value-rules";

/** The types of EBS volumes that a group may have. */
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

/** A volume with its size and device, whichever of them it has. */
type SizedVolume = Volume & { readonly size?: number; readonly device?: string };

/** Checks each value of a volume by itself. */
export function validateVolume(prop: string, volume: SizedVolume, validator: Validator): void {
  // No rule holds for undefined.
  validator.value(`${prop}.size`, volume.size!, within(VOLUME_SIZE, " GiB"));
  validator.value(`${prop}.type`, volume.type?.value ?? "gp3", oneOf(TYPES));
  validator.optional(`${prop}.throughput`, volume.throughput, within(THROUGHPUT, " MiB/s"));
  validator.optional(`${prop}.kmsKeyId`, volume.kmsKeyId, ofFormat(KMS_KEY));
  if (volume.device !== undefined) validator.value(`${prop}.device`, volume.device, ofFormat(DEVICE));
}

/** How a volume's values must fit together. */
export function volumeConstraints(prop: string, volume: SizedVolume): Constraint[] {
  return constraintsOf({ ...volume, type: volume.type?.value }).map(({ part, ...constraint }) => ({
    ...constraint,
    prop: `${prop}.${part}`,
  }));
}

/** What is wrong with how the values fit together that are known; the config file's volumes have the same parts. */
export function volumeConflicts(volume: VolumeParts): VolumeConstraint[] {
  return constraintsOf(volume).filter(isBroken);
}

/** A constraint on one part of a volume. */
export type VolumeConstraint = Omit<Constraint, "prop"> & {
  readonly part: "size" | "iops" | "throughput" | "kmsKeyId";
};

/** The parts of a volume, some of which nobody may know yet. */
export interface VolumeParts {
  readonly size?: unknown;
  readonly type?: string;
  readonly iops?: unknown;
  readonly throughput?: unknown;
  readonly encrypted?: unknown;
  readonly kmsKeyId?: unknown;
}

function constraintsOf(volume: VolumeParts): VolumeConstraint[] {
  const { type = "gp3", throughput, encrypted = true, kmsKeyId } = volume;
  const isNamed = isKnown(type);
  const most = Math.floor(Number(volume.iops ?? GP3.iops) / 4);
  const constraints: VolumeConstraint[] = [
    ...sizeConstraints({ ...volume, type }),
    ...iopsConstraints({ ...volume, type }),
  ];
  if (throughput !== undefined) {
    constraints.push({
      part: "throughput",
      rule: `be left out ${isNamed ? `for ${type}` : "unless `type` is gp3"}`,
      got: throughput,
      among: [type],
      holds: type === "gp3" || !TYPES.includes(type),
      condition: hcl`${type} == "gp3"`,
    });
    const quarter: VolumeConstraint = {
      part: "throughput",
      rule: `be at most a quarter of \`iops\`${isKnown(volume.iops) ? ` (${most} MiB/s)` : ""}`,
      got: throughput,
      among: [throughput, volume.iops],
      holds: Number(throughput) <= most,
      condition: hcl`${throughput} <= ${volume.iops ?? GP3.iops} / 4`,
    };
    if (type === "gp3" || !isNamed) constraints.push(quarter);
  }
  if (kmsKeyId !== undefined) {
    constraints.push({
      part: "kmsKeyId",
      rule: "be left out unless `encrypted` is true",
      got: kmsKeyId,
      among: [encrypted],
      holds: encrypted === true,
      condition: hcl`${encrypted}`,
    });
  }
  return constraints;
}

function sizeConstraints({ type = "gp3", size }: VolumeParts): VolumeConstraint[] {
  return Object.entries(SIZES)
    .filter(([name]) => name === type || !isKnown(type))
    .map(([name, { least, most }]) => {
      const range = within({ least, most }, " GiB");
      return {
        part: "size",
        rule: `${range.rule} for ${name}`,
        got: size,
        among: [type, size],
        // Of a config file it may be missing.
        holds: size === undefined || range.holds(size as number),
        condition: hcl`${type} != ${name} || (${range.condition(size)})`,
      };
    });
}

function iopsConstraints({ type = "gp3", size, iops }: VolumeParts): VolumeConstraint[] {
  const about = { part: "iops" as const, got: iops };
  if (iops === undefined) {
    const condition = hcl`${type} != "io1"`;
    return [{ ...about, rule: "be given for io1", among: [type], holds: type !== "io1", condition }];
  }
  const allowed: VolumeConstraint = {
    ...about,
    rule: "be left out for gp2",
    among: [type],
    holds: type !== "gp2",
    condition: hcl`${type} != "gp2"`,
  };
  const ranges = Object.entries(IOPS).filter(([name]) => name === type || !isKnown(type));
  return [
    allowed,
    ...ranges.flatMap(([name, { least, most, perGib }]) => {
      const range = within({ least, most });
      const inRange: VolumeConstraint = {
        ...about,
        rule: `${range.rule} for ${name}`,
        among: [type, iops],
        holds: range.holds(iops as number),
        condition: hcl`${type} != ${name} || (${range.condition(iops)})`,
      };
      const bySize: VolumeConstraint = {
        ...about,
        rule: `be at most ${perGib} per GiB of \`size\` for ${name}`,
        among: [type, iops, size],
        holds:
          isBroken(inRange) || size === undefined || Number(iops) <= Math.max(least, perGib * Number(size)),
        condition: hcl`${type} != ${name} || ${iops} <= max(${least}, ${perGib} * ${size})`,
      };
      return [inRange, bySize];
    }),
  ];
}

/**
 * The volume as the provider takes it, complete: what is left out and filled in by the API would differ from
 * the configuration in every plan.
 */
export function renderVolume(
  volume: SizedVolume,
  device: string,
  deleteOnTermination: boolean | IResolvable,
): ElastigroupAwsEbsBlockDevice {
  const type = volume.type?.value ?? "gp3";
  const of = (least: number): number | undefined => {
    if (isKnown(type)) return type === "gp3" ? least : undefined;
    return Token.asNumber(hcl`${type} == "gp3" ? ${least} : null`);
  };
  return {
    deviceName: device,
    volumeType: type,
    volumeSize: volume.size,
    iops: volume.iops ?? of(GP3.iops),
    throughput: volume.throughput ?? of(GP3.throughput),
    encrypted: volume.encrypted ?? true,
    kmsKeyId: volume.kmsKeyId,
    deleteOnTermination,
  };
}
