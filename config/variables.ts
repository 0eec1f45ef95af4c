import { TerraformVariable, Token } from "cdktf";
import { Construct } from "constructs";
import {
  HOST,
  IMAGE,
  INSTANCE_PROFILE,
  INSTANCE_TYPE,
  KEY_PAIR,
  type Kind,
  onceRule,
  REPLICAS,
  SECURITY_GROUP,
  someRule,
  SUBNET,
  withinRule,
  ZONE,
} from "../constructs/kinds";
import { type ClusterConfig, isVariable, type OrVariable, type Variable } from "./schema";
import { type Path } from "./source";

/** What a variable must hold: a condition on it, and how a message says so after "must". */
interface Condition {
  readonly holds: (self: string) => string;
  readonly rule: string;
  /** The parts it is about, such as `each item of `. */
  readonly parts?: string;
}

/** A place of a config where a variable stands instead of a value. */
export interface Reference {
  readonly path: Path;
  readonly name: string;
  /** As Terraform names it. */
  readonly type: "string" | "number" | "list(string)" | "map(list(string))";
  readonly conditions: readonly Condition[];
}

/** Every variable a config refers to, in the order of its keys here. */
export function references(config: Partial<ClusterConfig>): Reference[] {
  const types: Partial<ClusterConfig["instanceTypes"]> = config.instanceTypes ?? {};
  return [
    ...listReferences(["masters"], config.masters, HOST),
    ...reference(["replicas"], config.replicas, "number", NUMBER_CONDITIONS),
    ...textReference(["imageId"], config.imageId, IMAGE),
    ...textReference(["instanceTypes", "onDemand"], types.onDemand, INSTANCE_TYPE),
    ...listReferences(["instanceTypes", "spot"], types.spot, INSTANCE_TYPE),
    ...listReferences(["instanceTypes", "preferredSpot"], types.preferredSpot, INSTANCE_TYPE),
    ...zoneReferences(config),
    ...listReferences(["securityGroupIds"], config.securityGroupIds, SECURITY_GROUP),
    ...textReference(["keyPair"], config.keyPair, KEY_PAIR),
    ...textReference(["iamInstanceProfile"], config.iamInstanceProfile, INSTANCE_PROFILE),
  ];
}

function reference(
  path: Path,
  value: unknown,
  type: Reference["type"],
  conditions: readonly Condition[],
): Reference[] {
  return isVariable(value) ? [{ path, name: value.variable, type, conditions }] : [];
}

function textReference(path: Path, value: OrVariable<string> | undefined, kind: Kind): Reference[] {
  return reference(path, value, "string", [{ holds: (self) => matches(self, kind), rule: kind.rule }]);
}

function listReferences(
  path: Path,
  value: OrVariable<OrVariable<string>[]> | undefined,
  kind: Kind,
): Reference[] {
  if (!Array.isArray(value)) return reference(path, value, "list(string)", listConditions(kind));
  return value.flatMap((item, index) => textReference([...path, index], item, kind));
}

function zoneReferences({ availabilityZones, region = "" }: Partial<ClusterConfig>): Reference[] {
  const path = ["availabilityZones"];
  if (availabilityZones === undefined || isVariable(availabilityZones)) {
    return reference(path, availabilityZones, "map(list(string))", zoneConditions(region));
  }
  return Object.entries(availabilityZones).flatMap(([zone, subnets]) =>
    listReferences([...path, zone], subnets, SUBNET),
  );
}

function matches(expression: string, kind: Kind): string {
  return `can(regex(${quoted(kind.pattern.source)}, ${expression}))`;
}

/** A literal of Terraform's own language. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[$%]\{/g, (start) => start[0] + start);
}

const NUMBER_CONDITIONS: Condition[] = [
  {
    holds: (self) =>
      `${self} >= ${REPLICAS.least} && ${self} <= ${REPLICAS.most} && floor(${self}) == ${self}`,
    rule: withinRule(REPLICAS.least, REPLICAS.most),
  },
];

function listConditions(kind: Kind): Condition[] {
  return [
    { holds: (self) => `length(${self}) > 0`, rule: someRule(kind.noun) },
    { holds: (self) => `length(distinct(${self})) == length(${self})`, rule: onceRule(kind.noun) },
    {
      holds: (self) => `alltrue([for item in ${self} : ${matches("item", kind)}])`,
      rule: kind.rule,
      parts: "each item of ",
    },
  ];
}

/** The region is part of the file, so Terraform can hold its zones against it. */
function zoneConditions(region: string): Condition[] {
  const inRegion: Kind = { ...ZONE, pattern: new RegExp(`^${region}`) };
  return [
    { holds: (self) => `length(${self}) > 0`, rule: someRule(ZONE.noun) },
    {
      holds: (self) => `alltrue([for zone in keys(${self}) : ${matches("zone", ZONE)}])`,
      rule: ZONE.rule,
      parts: "each key of ",
    },
    {
      holds: (self) => `alltrue([for zone in keys(${self}) : ${matches("zone", inRegion)}])`,
      rule: `be a zone of \`region\` (${region})`,
      parts: "each key of ",
    },
    {
      holds: (self) => `alltrue([for subnets in values(${self}) : length(subnets) > 0])`,
      rule: someRule(SUBNET.noun),
      parts: "each zone of ",
    },
    {
      holds: (self) => `alltrue([for subnet in flatten(values(${self})) : ${matches("subnet", SUBNET)}])`,
      rule: SUBNET.rule,
      parts: "each subnet of ",
    },
    {
      holds: (self) => `length(distinct(flatten(values(${self})))) == length(flatten(values(${self})))`,
      rule: onceRule(SUBNET.noun),
    },
  ];
}

/** The path as messages write it. */
export function showPath(path: Path): string {
  return path.reduce<string>((shown, step) => {
    if (typeof step === "number") return `${shown}[${step}]`;
    return shown === "" ? step : `${shown}.${step}`;
  }, "");
}

/**
 * The Terraform variables of one stack. They live in a scope of their own, so that a variable may be called
 * `replicas` or `name` as other children of the stack are; Terraform sees the plain name.
 */
export class Variables extends Construct {
  private readonly declared = new Map<string, TerraformVariable>();

  constructor(scope: Construct, id: string, config: ClusterConfig) {
    super(scope, id);
    for (const [name, uses] of groupByName(references(config)))
      this.declared.set(name, this.declare(name, uses));
  }

  /** A text, literal or not. */
  public text(value: OrVariable<string>): string {
    return isVariable(value) ? this.get(value).stringValue : value;
  }

  /** A text that may be missing. */
  public optionalText(value: OrVariable<string> | undefined): string | undefined {
    return value === undefined ? undefined : this.text(value);
  }

  /** A number, literal or not. */
  public number(value: OrVariable<number>): number {
    return isVariable(value) ? this.get(value).numberValue : value;
  }

  /** A list, as a whole or item by item. */
  public list(value: OrVariable<OrVariable<string>[]>): string[] {
    return isVariable(value) ? this.get(value).listValue : value.map((item) => this.text(item));
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

  private declare(name: string, uses: readonly Reference[]): TerraformVariable {
    const variable = new TerraformVariable(this, name, {
      type: uses[0]!.type,
      nullable: false,
      description: `Value of ${uses.map(({ path }) => `\`${showPath(path)}\``).join(", ")}`,
      validation: validations(`var.${name}`, uses),
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
  self: string,
  uses: readonly Reference[],
): { condition: string; errorMessage: string }[] {
  const byCondition = new Map<string, string>();
  for (const { path, conditions } of uses) {
    for (const { holds, rule, parts = "" } of conditions) {
      const condition = `\${${holds(self)}}`;
      const message = `${parts}\`${showPath(path)}\` must ${rule}, got: \${jsonencode(${self})}`;
      if (!byCondition.has(condition)) byCondition.set(condition, message);
    }
  }
  return [...byCondition].map(([condition, errorMessage]) => ({ condition, errorMessage }));
}
