import { type IResolvable, ref, TerraformVariable, Token } from "cdktf";
import { Construct } from "constructs";
import { hcl } from "../constructs/terraform/hcl";
import { RANGE_V4 } from "../constructs/validation/ip-range";
import {
  type Format,
  HOST,
  HTTP_URL,
  IMAGE,
  INSTANCE_PROFILE,
  INSTANCE_TYPE,
  IPV4,
  KEY_ARN,
  KEY_PAIR,
  KMS_KEY,
  PARAMETER_ARN,
  PREFIX_LIST,
  SECRET_ARN,
  SECURITY_GROUP,
  SHA256,
  SNAPSHOT,
  SUBNET,
  TARGET_GROUP,
  VPC,
  ZONE,
} from "../constructs/validation/formats";
import { REPLICAS, VOLUME_SIZE } from "../constructs/validation/limits";
import { each, ofFormat, once, some, type ValueRule, within } from "../constructs/validation/value-rules";
import { type ClusterConfig } from "./schema";
import { type PeerConfig } from "./schema/network";
import { type Path, showPath } from "../constructs/validation/path";
import { ValidationError } from "../constructs/validation/validation-error";
import { isVariable, type OrVariable, type Variable } from "./schema/values";

/** What a variable must hold in Terraform. */
interface Condition extends Pick<ValueRule<never>, "rule" | "condition"> {
  /** The parts it is about, such as `each item of `. */
  readonly parts?: string;
}

/** A place of a config where a variable stands instead of a value. */
export interface Reference {
  readonly path: Path;
  readonly name: string;
  /** As Terraform names it. */
  readonly type: "string" | "number" | "bool" | "list(string)" | "map(list(string))";
  readonly conditions: readonly Condition[];
}

/** Every variable a config refers to, in the order of its keys here. */
export function references(config: Partial<ClusterConfig>): Reference[] {
  const types: Partial<ClusterConfig["instanceTypes"]> = config.instanceTypes ?? {};
  return [
    ...listReferences(["masters"], config.masters, HOST),
    ...reference(["replicas"], config.replicas, "number", () => [within(REPLICAS)]),
    ...(config.shards ?? []).flatMap((shard, index) => shardReferences(["shards", index], shard)),
    ...listReferences(["privateIps"], config.privateIps, IPV4),
    ...textReference(["imageId"], config.imageId, IMAGE),
    ...textReference(["instanceTypes", "onDemand"], types.onDemand, INSTANCE_TYPE),
    ...listReferences(["instanceTypes", "spot"], types.spot, INSTANCE_TYPE),
    ...listReferences(["instanceTypes", "preferredSpot"], types.preferredSpot, INSTANCE_TYPE),
    ...zoneReferences(config),
    ...listReferences(["securityGroupIds"], config.securityGroupIds, SECURITY_GROUP),
    ...networkReferences(config.network),
    ...textReference(["keyPair"], config.keyPair, KEY_PAIR),
    ...textReference(["iamInstanceProfile"], config.iamInstanceProfile, INSTANCE_PROFILE),
    ...secretReferences(config),
    ...volumeReferences("rootVolume", config.rootVolume),
    ...volumeReferences("dataVolume", config.dataVolume),
    ...textReference(["dataVolume", "snapshotId"], config.dataVolume?.snapshotId, SNAPSHOT),
    ...textReference(["bootScript", "agent", "url"], config.bootScript?.agent?.url, HTTP_URL),
    ...textReference(["bootScript", "agent", "sha256"], config.bootScript?.agent?.sha256, SHA256),
    ...listReferences(["targetGroupArns"], config.targetGroupArns, TARGET_GROUP),
    ...reference(["strategy", "fallbackToOnDemand"], config.strategy?.fallbackToOnDemand, "bool"),
    ...BOOLEANS.flatMap((key) => reference([key], config[key], "bool")),
  ];
}

function volumeReferences(
  key: "rootVolume" | "dataVolume",
  volume: ClusterConfig["rootVolume" | "dataVolume"],
): Reference[] {
  return [
    ...reference([key, "size"], volume?.size, "number", () => [within(VOLUME_SIZE, " GiB")]),
    ...textReference([key, "kmsKeyId"], volume?.kmsKeyId, KMS_KEY),
  ];
}

function reference(
  path: Path,
  value: unknown,
  type: Reference["type"],
  conditions: () => readonly Condition[] = () => [],
): Reference[] {
  return isVariable(value) ? [{ path, name: value.variable, type, conditions: conditions() }] : [];
}

function textReference(
  path: Path,
  value: OrVariable<string> | undefined,
  ...formats: readonly Format[]
): Reference[] {
  return reference(path, value, "string", () => formats.map(ofFormat));
}

function listReferences(
  path: Path,
  value: OrVariable<OrVariable<string>[]> | undefined,
  format: Format,
  ...further: readonly Format[]
): Reference[] {
  if (!Array.isArray(value))
    return reference(path, value, "list(string)", () => listConditions(format, further));
  return value.flatMap((item, index) => textReference([...path, index], item, format, ...further));
}

function zoneReferences({ availabilityZones, region = "" }: Partial<ClusterConfig>): Reference[] {
  const path = ["availabilityZones"];
  if (availabilityZones === undefined || isVariable(availabilityZones)) {
    return reference(path, availabilityZones, "map(list(string))", () => zoneConditions(region));
  }
  return Object.entries(availabilityZones).flatMap(([zone, subnets]) =>
    listReferences([...path, zone], subnets, SUBNET),
  );
}

function shardReferences(
  path: Path,
  shard: Partial<NonNullable<ClusterConfig["shards"]>[number]>,
): Reference[] {
  return [
    ...textReference([...path, "master"], shard.master, HOST),
    ...reference([...path, "replicas"], shard.replicas, "number", () => [within(REPLICAS)]),
    ...listReferences([...path, "privateIps"], shard.privateIps, IPV4),
  ];
}

function networkReferences(network: Partial<ClusterConfig["network"]>): Reference[] {
  if (network === undefined) return [];
  const { vpcId, masters, clients = [], downloads = [] } = network;
  return [
    ...textReference(["network", "vpcId"], vpcId, VPC),
    ...peerReferences(["network", "masters"], masters),
    ...clients.flatMap((peer, index) => peerReferences(["network", "clients", index], peer)),
    ...downloads.flatMap((peer, index) => peerReferences(["network", "downloads", index], peer)),
  ];
}

function peerReferences(path: Path, peer: PeerConfig = {}): Reference[] {
  return [
    ...textReference([...path, "securityGroupId"], peer.securityGroupId, SECURITY_GROUP),
    ...textReference([...path, "prefixListId"], peer.prefixListId, PREFIX_LIST),
    ...reference([...path, "cidr"], peer.cidr, "string", () => [RANGE_V4]),
  ];
}

function secretReferences({ secrets, region = "" }: Partial<ClusterConfig>): Reference[] {
  if (secrets === undefined) return [];
  const inRegion: Format = {
    pattern: new RegExp(`^[^:]*:[^:]*:[^:]*:${region}:`),
    rule: `be in \`region\` (${region})`,
    noun: "ARN",
  };
  return [
    ...listReferences(["secrets", "secretArns"], secrets.secretArns, SECRET_ARN, inRegion),
    ...listReferences(["secrets", "parameterArns"], secrets.parameterArns, PARAMETER_ARN, inRegion),
    ...listReferences(["secrets", "kmsKeyArns"], secrets.kmsKeyArns, KEY_ARN, inRegion),
  ];
}

/** Keys at the top whose value is true, false or a variable. */
const BOOLEANS = ["autoHealing", "ebsOptimized", "monitoring", "resumePaused"] as const;

function listConditions(format: Format, further: readonly Format[]): Condition[] {
  return [
    some(format.noun),
    once(format.noun),
    ...[format, ...further].map((item) => ({ ...each(ofFormat(item)), parts: "each item of " })),
  ];
}

/** The region is part of the file, so Terraform can hold its zones against it. */
function zoneConditions(region: string): Condition[] {
  const inRegion: Format = {
    ...ZONE,
    pattern: new RegExp(`^${region}`),
    rule: `be a zone of \`region\` (${region})`,
  };
  const keys = (rule: Pick<ValueRule<never>, "rule" | "condition">): Condition => ({
    ...rule,
    condition: (self) => rule.condition(hcl`keys(${self})`),
    parts: "each key of ",
  });
  const subnets = (rule: Pick<ValueRule<never>, "rule" | "condition">, parts?: string): Condition => ({
    ...rule,
    condition: (self) => rule.condition(hcl`flatten(values(${self}))`),
    parts,
  });
  return [
    some(ZONE.noun),
    keys(each(ofFormat(ZONE))),
    keys(each(ofFormat(inRegion))),
    {
      ...some(SUBNET.noun),
      condition: (self) => hcl`alltrue([for subnets in values(${self}) : length(subnets) > 0])`,
      parts: "each zone of ",
    },
    subnets(each(ofFormat(SUBNET)), "each subnet of "),
    subnets(once(SUBNET.noun)),
  ];
}

/**
 * The Terraform variables of one stack. They live in a scope of their own, so that a variable may be called
 * `replicas` or `name` as other children of the stack are; Terraform sees the plain name.
 */
export class Variables extends Construct {
  private readonly uses: ReadonlyMap<string, readonly Reference[]>;
  private readonly declared = new Map<string, TerraformVariable>();

  constructor(scope: Construct, id: string, config: ClusterConfig) {
    super(scope, id);
    this.uses = groupByName(references(config));
    for (const [name, uses] of this.uses) this.declared.set(name, this.declare(name, uses));
  }

  /** A text, literal or not. */
  public text(value: OrVariable<string>): string {
    return isVariable(value) ? this.get(value).stringValue : value;
  }

  /** A number, literal or not. */
  public number(value: OrVariable<number>): number {
    return isVariable(value) ? this.get(value).numberValue : value;
  }

  /** True, false, or what only Terraform knows. */
  public boolean(value: OrVariable<boolean>): boolean | IResolvable {
    return isVariable(value) ? this.get(value).booleanValue : value;
  }

  /** A list, as a whole or item by item. */
  public list(value: OrVariable<OrVariable<string>[]>): string[] {
    return isVariable(value) ? this.get(value).listValue : value.map((item) => this.text(item));
  }

  /** A text that may be given and has a value unless it is; its variable is called as its key is. */
  public withDefault(path: Path, format: Format, fallback: string): string {
    const name = showPath(path);
    const use: Reference = { path, name, type: "string", conditions: [ofFormat(format)] };
    const [taken] = this.uses.get(name) ?? [];
    if (taken)
      throw new ValidationError(taken.path, `not be called \`${name}\`, which is the module's own`, name);
    this.declared.set(name, this.declare(name, [use], fallback));
    return this.text({ variable: name });
  }

  /** The `zone:subnet` items of a map that only Terraform knows. */
  public zoneItems(value: Variable): string[] {
    const map = `var.${this.get(value).friendlyUniqueId}`;
    return Token.asList(
      `\${flatten([for zone, subnets in ${map} : [for subnet in subnets : "\${zone}:\${subnet}"]])}`,
    );
  }

  private get(value: Variable): TerraformVariable {
    const declared = this.declared.get(value.variable);
    if (!declared) throw new Error(`variable ${value.variable} was not declared`);
    return declared;
  }

  private declare(name: string, uses: readonly Reference[], fallback?: string): TerraformVariable {
    const variable = new TerraformVariable(this, name, {
      type: uses[0]!.type,
      nullable: false,
      default: fallback,
      description: `Value of ${uses.map(({ path }) => `\`${showPath(path)}\``).join(", ")}`,
      validation: validations(ref(`var.${name}`), uses),
    });
    variable.overrideLogicalId(name);
    return variable;
  }
}

function groupByName(all: readonly Reference[]): Map<string, Reference[]> {
  const groups = new Map<string, Reference[]>();
  for (const each of all) groups.set(each.name, [...(groups.get(each.name) ?? []), each]);
  return groups;
}

/** The rules of all places where a variable stands, each once. */
function validations(
  self: IResolvable,
  uses: readonly Reference[],
): { condition: IResolvable; errorMessage: string }[] {
  const found = new Map<string, { condition: IResolvable; errorMessage: string }>();
  for (const { path, conditions } of uses) {
    for (const { condition, rule, parts = "" } of conditions) {
      const got = hcl`jsonencode(${self})`.toString();
      const errorMessage = `${parts}\`${showPath(path)}\` must ${rule}, got: ${got}`;
      if (!found.has(parts + rule)) found.set(parts + rule, { condition: condition(self), errorMessage });
    }
  }
  return [...found.values()];
}
