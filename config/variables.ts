import { type IResolvable, ref, TerraformVariable, Token } from "cdktf";
import { Construct } from "constructs";
import { hcl } from "../constructs/terraform/hcl";
import { type Format } from "../constructs/validation/formats";
import { isPrivate } from "../constructs/validation/got";
import { type Path, showPath } from "../constructs/validation/path";
import { ValidationError } from "../constructs/validation/validation-error";
import { ofFormat } from "../constructs/validation/value-rules";
import { type ClusterConfig } from "./schema";
import { type Condition, isVariable, notesOf, type OrVariable, type Variable } from "./schema/values";
import { variablesIn } from "./schema-walk";

/** A path of a config with a variable in place of a value. */
export interface Reference {
  readonly path: Path;
  readonly name: string;
  /** The name of the type in Terraform. */
  readonly type: string;
  readonly conditions: readonly Condition[];
}

/** The Terraform names of the types of the schema. */
const TYPES: Readonly<Record<string, string>> = {
  string: "string",
  number: "number",
  boolean: "bool",
  array: "list(string)",
  record: "map(list(string))",
};

/** Every variable a config refers to, in the order of the schema. */
export function references(config: Partial<ClusterConfig>): Reference[] {
  const { region = "" } = config;
  return variablesIn(config).map(({ path, name, schema }) => ({
    ...{ path, name },
    type: TYPES[schema._zod.def.type]!,
    conditions: notesOf(schema).conditions(region),
  }));
}

/**
 * The Terraform variables of one stack. They are in a separate scope, so that a variable can have the name of another child
 * of the stack, such as `replicas` or `name`. In Terraform they have their plain names.
 */
export class Variables extends Construct {
  private readonly uses: ReadonlyMap<string, readonly Reference[]>;
  private readonly declared = new Map<string, TerraformVariable>();

  constructor(scope: Construct, id: string, config: ClusterConfig) {
    super(scope, id);
    this.uses = groupByName(references(config));
    for (const [name, uses] of this.uses) this.declared.set(name, this.declare(name, uses));
  }

  /** A text, literal or variable. */
  public text(value: OrVariable<string>): string {
    return isVariable(value) ? this.get(value).stringValue : value;
  }

  /** A number, literal or variable. */
  public number(value: OrVariable<number>): number {
    return isVariable(value) ? this.get(value).numberValue : value;
  }

  /** A boolean, literal or variable. */
  public boolean(value: OrVariable<boolean>): boolean | IResolvable {
    return isVariable(value) ? this.get(value).booleanValue : value;
  }

  /** A list. The list or each item may be a variable. */
  public list(value: OrVariable<OrVariable<string>[]>): string[] {
    return isVariable(value) ? this.get(value).listValue : value.map((item) => this.text(item));
  }

  /** An optional text with a default. Its variable has the name of its key. */
  public withDefault(path: Path, format: Format, fallback: string): string {
    const name = showPath(path);
    const use: Reference = { path, name, type: "string", conditions: [ofFormat(format)] };
    const [taken] = this.uses.get(name) ?? [];
    if (taken)
      throw new ValidationError(taken.path, `not be called \`${name}\`, which is the module's own`, name);
    this.declared.set(name, this.declare(name, [use], fallback));
    return this.text({ variable: name });
  }

  /** The `zone:subnet` items of a map that is known only to Terraform. */
  public itemsOfZones(value: Variable): string[] {
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

/** The rules of all places of a variable, without duplicates. */
function validations(
  self: IResolvable,
  uses: readonly Reference[],
): { condition: IResolvable; errorMessage: string }[] {
  const found = new Map<string, { condition: IResolvable; errorMessage: string }>();
  for (const { path, conditions } of uses) {
    for (const { condition, rule, parts = "" } of conditions) {
      const got = isPrivate(path) ? "a text" : hcl`jsonencode(${self})`.toString();
      const errorMessage = `${parts}\`${showPath(path)}\` must ${rule}, got: ${got}`;
      if (!found.has(parts + rule)) found.set(parts + rule, { condition: condition(self), errorMessage });
    }
  }
  return [...found.values()];
}
