import type * as z from "zod";
import { clusterConfig } from "./schema";
import { child, isList, isMap, literal, type Schema, shape, takesVariable } from "./schema-walk";
import { variable } from "./schema/values";

/** A key of the config file, as its reference shows it. */
export interface Key {
  /** With the keys above it; an item of a list is `[]`, as in `shards[].name`. */
  readonly name: string;
  readonly description: string;
  /** The types that a literal may have, such as `text`. */
  readonly types: readonly string[];
  readonly isRequired: boolean;
  /** Where there is one that does not depend on other keys. */
  readonly default?: unknown;
  /** What may be a Terraform variable: the `value` itself, or a `list` and its `items`. */
  readonly variables: readonly string[];
  /** What a message says after "must", where that is more than the type. */
  readonly rule?: string;
  /** The rule of each item of a list. */
  readonly itemRule?: string;
}

/** Every key of the config file, each before those below it, in the order of the schema. */
export function keys(schema: Schema = clusterConfig, prefix = ""): Key[] {
  return Object.entries(shape(schema)).flatMap(([name, each]) => [
    keyOf(prefix + name, each),
    ...keysBelow(prefix + name, each),
  ]);
}

function keysBelow(name: string, schema: Schema): Key[] {
  const found = literal(schema);
  return isList(found) ? keys(literal(child(found, 0)!), `${name}[].`) : keys(found, `${name}.`);
}

function keyOf(name: string, schema: Schema): Key {
  const { description, default: value } = (schema as z.ZodType).meta() ?? {};
  if (description === undefined) throw new Error(`\`${name}\` has no description`);
  return {
    name,
    description,
    types: typesOf(schema),
    isRequired: schema._zod.def.type !== "optional",
    default: value,
    variables: variablesOf(schema),
    ...rulesOf(schema),
  };
}

/** The ways to write a literal, without `optional` and without a variable. */
function ways(schema: Schema): Schema[] {
  const { innerType, options } = schema._zod.def as { innerType?: Schema; options?: readonly Schema[] };
  if (innerType) return ways(innerType);
  return options ? options.filter((option) => option !== variable).flatMap(ways) : [schema];
}

const TYPES: Readonly<Record<string, string>> = {
  array: "list",
  boolean: "true or false",
  enum: "text",
  number: "number",
  object: "map",
  record: "map",
  string: "text",
};

function typesOf(schema: Schema): string[] {
  const types = ways(schema).map(({ _zod: { def } }) => {
    const { type, values = [] } = def as { type: string; values?: readonly unknown[] };
    return (
      TYPES[type] ??
      [...new Set(values.map((value) => (value === true ? "true" : typeof value)))].join(" or ")
    );
  });
  return [...new Set(types)];
}

function variablesOf(schema: Schema, noun = nounOf(schema)): string[] {
  const found = literal(schema);
  const part = isList(found) ? child(found, 0)! : isMap(found) ? child(found, "")! : undefined;
  return [...(takesVariable(schema) ? [noun] : []), ...(part ? variablesOf(part, partsOf(found, part)) : [])];
}

function partsOf(schema: Schema, part: Schema): string {
  return isList(schema) ? "items" : isList(literal(part)) ? "lists" : "values";
}

/** What a variable brings: the first way to write the value. */
function nounOf(schema: Schema): string {
  const [first] = ways(schema);
  return isList(first!) ? "list" : isMap(first!) ? "map" : "value";
}

function rulesOf(schema: Schema): Pick<Key, "rule" | "itemRule"> {
  const [first] = ways(schema);
  if (first?._zod.def.type !== "array") return { rule: ruleOf(first!) };
  return { itemRule: ruleOf(ways(child(first, 0)!)[0]!) };
}

/** What the schema answers to a value of another type; of a boolean and of fixed keys, the type says it. */
function ruleOf(schema: Schema): string | undefined {
  if (["boolean", "object"].includes(schema._zod.def.type)) return undefined;
  return (schema as z.ZodType).safeParse(null).error?.issues[0]?.message;
}
