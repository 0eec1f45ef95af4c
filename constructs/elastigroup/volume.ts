import { type ElastigroupAwsEbsBlockDevice } from "@cdktf/provider-spotinst/lib/elastigroup-aws";
import { type IResolvable, Token } from "cdktf";
import { hcl } from "../terraform/hcl";
import { type Constraint, isBroken } from "../validation/constraint";
import { DEVICE, KMS_KEY, VOLUME_TYPE } from "../validation/formats";
import { word, wordsOf } from "../validation/known-words";
import { GP3, IOPS, SIZES, THROUGHPUT, VOLUME_SIZE } from "../validation/limits";
import { type Validator } from "../validation/validator";
import { isKnown, ofFormat, within } from "../validation/value-rules";

/** The type of an EBS volume of a group. */
export class VolumeType {
  /** 3000 IOPS and 125 MiB/s at any size, and more if configured. */
  public static readonly GP3 = new VolumeType("gp3");
  /** 3 IOPS per GiB, with bursts. */
  public static readonly GP2 = new VolumeType("gp2");
  /** Provisioned IOPS. */
  public static readonly IO1 = new VolumeType("io1");

  /**
   * A type by its name in EC2, for a new value or a token. A name other than those above causes a warning, and its `iops`
   * and `throughput` are not checked.
   * @param value a value of `volume_type` of `spotinst_elastigroup_aws`
   */
  public static of(value: string): VolumeType {
    // The provider converts Spot's value to lower case, so capital letters here would differ in every plan.
    return new VolumeType(Token.isUnresolved(value) ? value : word(value).toLowerCase());
  }

  private constructor(
    /** The name in EC2, in lower case. */
    public readonly value: string,
  ) {}
}

/** An EBS volume. */
export interface Volume {
  /**
   * Its type.
   * @default VolumeType.GP3
   */
  readonly volumeType?: VolumeType;
  /**
   * I/O operations per second: 3000 to 80000 for gp3 (at most 500 per GiB), 100 to 64000 for io1 (at most 50
   * per GiB), for which it is required. Not for gp2.
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
   * The KMS key of its encryption, by ID, alias or ARN.
   * @default - the default EBS key of the account
   */
  readonly kmsKeyId?: string;
}

/** The default type. */
export const DEFAULT_TYPE = VolumeType.GP3.value;

/** The types whose throughput is not set. */
const WITHOUT_THROUGHPUT = wordsOf(VolumeType).filter((type) => type !== VolumeType.GP3.value);

/** A volume with an optional size and device. */
type SizedVolume = Volume & { readonly size?: number; readonly device?: string };

/** Validates each value of a volume separately. */
export function validateVolume(prop: string, volume: SizedVolume, validator: Validator): void {
  // Every rule rejects undefined.
  validator.value(`${prop}.size`, volume.size!, within(VOLUME_SIZE, " GiB"));
  validator.value(`${prop}.volumeType`, volume.volumeType?.value ?? DEFAULT_TYPE, ofFormat(VOLUME_TYPE));
  validator.optional(`${prop}.throughput`, volume.throughput, within(THROUGHPUT, " MiB/s"));
  validator.optional(`${prop}.kmsKeyId`, volume.kmsKeyId, ofFormat(KMS_KEY));
  if (volume.device !== undefined) validator.value(`${prop}.device`, volume.device, ofFormat(DEVICE));
}

/** The properties of a volume as plain values. For a config file, some may be missing. */
export interface VolumeParts {
  readonly size?: unknown;
  readonly type?: string;
  readonly iops?: unknown;
  readonly throughput?: unknown;
  readonly encrypted?: unknown;
  readonly kmsKeyId?: unknown;
  readonly device?: unknown;
}

/** The plain values of a volume's properties. */
export function partsOf(volume: SizedVolume): VolumeParts {
  return { ...volume, type: volume.volumeType?.value };
}

/** The constraints across the properties of a volume. */
export function volumeConstraints(prop: string, volume: VolumeParts): Constraint[] {
  const parts = { ...volume, type: volume.type ?? DEFAULT_TYPE };
  return [
    ...sizeConstraints(prop, parts),
    ...iopsConstraints(prop, parts),
    ...throughputConstraints(prop, parts),
    ...keyConstraints(prop, parts),
  ];
}

type TypedParts = VolumeParts & { readonly type: string };

/** The rows of a table for a type. If the type is known only to Terraform, all rows. */
function rowsOf<Row>(table: Readonly<Record<string, Row>>, type: string): [name: string, row: Row][] {
  return Object.entries(table).filter(([name]) => name === type || !isKnown(type));
}

function sizeConstraints(prop: string, { type, size }: TypedParts): Constraint[] {
  return rowsOf(SIZES, type).map(([name, limits]) => {
    const range = within(limits, " GiB");
    return {
      path: [prop, "size"],
      rule: `${range.rule} for ${name}`,
      got: size,
      among: [type, size],
      holds: size === undefined || range.holds(size as number),
      condition: hcl`${type} != ${name} || (${range.condition(size)})`,
    };
  });
}

function iopsConstraints(prop: string, { type, size, iops }: TypedParts): Constraint[] {
  const about = { path: [prop, "iops"], got: iops };
  if (iops === undefined) {
    const condition = hcl`${type} != "io1"`;
    return [{ ...about, rule: "be given for io1", among: [type], holds: type !== "io1", condition }];
  }
  const allowed: Constraint = {
    ...about,
    rule: "be left out for gp2",
    among: [type],
    holds: type !== "gp2",
    condition: hcl`${type} != "gp2"`,
  };
  const ranges = rowsOf(IOPS, type).flatMap(([name, { least, most, perGib }]) => {
    const range = within({ least, most });
    const inRange: Constraint = {
      ...about,
      rule: `${range.rule} for ${name}`,
      among: [type, iops],
      holds: range.holds(iops as number),
      condition: hcl`${type} != ${name} || (${range.condition(iops)})`,
    };
    const bySize: Constraint = {
      ...about,
      rule: `be at most ${perGib} per GiB of \`size\` for ${name}`,
      among: [type, iops, size],
      holds:
        isBroken(inRange) || size === undefined || Number(iops) <= Math.max(least, perGib * Number(size)),
      condition: hcl`${type} != ${name} || ${iops} <= max(${least}, ${perGib} * ${size})`,
    };
    return [inRange, bySize];
  });
  return [allowed, ...ranges];
}

function throughputConstraints(prop: string, { type, iops, throughput }: TypedParts): Constraint[] {
  if (throughput === undefined) return [];
  const about = { path: [prop, "throughput"], got: throughput };
  const isNamed = isKnown(type);
  const most = Math.floor(Number(iops ?? GP3.iops) / 4);
  const allowed: Constraint = {
    ...about,
    rule: `be left out ${isNamed ? `for ${type}` : "unless `volumeType` is gp3"}`,
    among: [type],
    holds: !WITHOUT_THROUGHPUT.includes(type),
    condition: hcl`!contains(${WITHOUT_THROUGHPUT}, ${type})`,
  };
  const quarter: Constraint = {
    ...about,
    rule: `be at most a quarter of \`iops\`${isKnown(iops) ? ` (${most} MiB/s)` : ""}`,
    among: [throughput, iops],
    holds: Number(throughput) <= most,
    condition: hcl`${throughput} <= ${iops ?? GP3.iops} / 4`,
  };
  return type === "gp3" || !isNamed ? [allowed, quarter] : [allowed];
}

function keyConstraints(prop: string, { encrypted = true, kmsKeyId }: TypedParts): Constraint[] {
  if (kmsKeyId === undefined) return [];
  return [
    {
      path: [prop, "kmsKeyId"],
      rule: "be left out unless `encrypted` is true",
      got: kmsKeyId,
      among: [encrypted],
      holds: encrypted === true,
      condition: hcl`${encrypted}`,
    },
  ];
}

/**
 * The volume as provider attributes, all of them explicit: a default of the API would differ from the configuration in
 * every plan.
 */
export function renderVolume(
  volume: SizedVolume,
  device: string,
  deleteOnTermination: boolean | IResolvable,
): ElastigroupAwsEbsBlockDevice {
  const type = volume.volumeType?.value ?? DEFAULT_TYPE;
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
