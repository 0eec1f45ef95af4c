import type * as z from "zod";
import { clusterConfig } from "./schema";
import { type Path } from "../constructs/validation/path";
import { isVariable, notesOf, variable } from "./schema/values";

/** The properties of the schema at one path, for advice in messages. */
export interface SchemaNode {
  /** The known keys, if it is an object with fixed keys. */
  readonly keys: readonly string[];
  /** The zod type of a literal at this path, such as `string` or `array`. */
  readonly type: string;
  readonly example?: unknown;
  /** For a wrong literal: the value that was probably meant. */
  readonly meant?: (literal: string) => string | undefined;
}

/** A part of the schema. */
export type Schema = z.core.$ZodType;

type Field = [key: string, schema: Schema, value: unknown];

/** The properties of the schema at a path; undefined for an unknown path. */
export function schemaAt(path: Path): SchemaNode | undefined {
  let schema: Schema | undefined = clusterConfig;
  let example: unknown;
  for (const step of path) {
    schema = schema && child(literal(schema), step);
    if (!schema) return undefined;
    example = exampleOf(schema);
  }
  const found = literal(schema);
  const { meant } = notesOf(found);
  return { keys: Object.keys(shape(found)), type: found._zod.def.type, example, meant };
}

/** A variable in place of a value. */
export interface Use {
  readonly path: Path;
  readonly name: string;
  /** The schema of the value. */
  readonly schema: z.core.$ZodType;
}

/** Every variable in a value, in the order of the schema. */
export function variablesIn(data: unknown, schema: Schema = clusterConfig, path: Path = []): Use[] {
  const found = literal(schema);
  if (isVariable(data) && takesVariable(schema))
    return [{ path, name: data.variable, schema: first(schema) }];
  const parts = Array.isArray(data) ? itemsOf(found, data) : (fieldsOf(found, data) ?? []);
  return parts.flatMap(([step, each, value]) => variablesIn(value, each, [...path, step]));
}

function itemsOf(
  schema: Schema,
  data: readonly unknown[],
): [index: number, schema: Schema, value: unknown][] {
  const item = child(schema, 0);
  return item ? data.map((value, index) => [index, item, value]) : [];
}

/** The parts of a value that are valid by themselves; undefined if there are none. */
export function validParts(data: unknown, schema: Schema = clusterConfig): unknown {
  const fields = isVariable(data) && takesVariable(schema) ? undefined : fieldsOf(literal(schema), data);
  if (fields === undefined) return (schema as z.ZodType).safeParse(data).data;
  const valid = fields.map(([key, each, value]) => {
    // A key of a map is kept, even if its list is wrong.
    return [key, validParts(value, each) ?? (isMap(schema) && isList(each) ? [] : undefined)] as const;
  });
  return Object.fromEntries(valid.filter(([, value]) => value !== undefined));
}

/** The known parts of an object, each with its schema; undefined for a value without parts. */
function fieldsOf(schema: Schema, data: unknown): Field[] | undefined {
  const { type, keyType, valueType } = schema._zod.def as {
    type: string;
    keyType?: z.ZodType;
    valueType?: Schema;
  };
  if (typeof data !== "object" || data === null || Array.isArray(data)) return undefined;
  const entries = Object.entries(data as Record<string, unknown>);
  if (type === "object") {
    const given = new Map(entries);
    return Object.entries(shape(schema)).flatMap(([key, known]): Field[] =>
      given.has(key) ? [[key, known, given.get(key)]] : [],
    );
  }
  if (type !== "record" || !keyType || !valueType) return undefined;
  return entries.flatMap(([key, value]): Field[] =>
    keyType.safeParse(key).success ? [[key, valueType, value]] : [],
  );
}

/** Whether the file has a map with any keys there. */
export function isMap(schema: Schema): boolean {
  return literal(schema)._zod.def.type === "record";
}

/** Whether the file has a list there. */
export function isList(schema: Schema): boolean {
  return literal(schema)._zod.def.type === "array";
}

/** Whether a variable may stand there. */
export function takesVariable(schema: Schema): boolean {
  const def = schema._zod.def as { innerType?: Schema; options?: readonly Schema[] };
  if (def.innerType) return takesVariable(def.innerType);
  return def.options?.includes(variable) ?? false;
}

/** The schema of the first way to write a value, which is the one that a variable brings. */
function first(schema: Schema): Schema {
  const { innerType, options } = schema._zod.def as { innerType?: Schema; options?: readonly Schema[] };
  const inner = innerType ?? options?.[0];
  return inner ? first(inner) : schema;
}

/** The schema of literals behind `optional` and "or a variable". */
export function literal(schema: Schema): Schema {
  const def = schema._zod.def as { type: string; innerType?: Schema; options?: readonly Schema[] };
  if (def.type === "optional" && def.innerType) return literal(def.innerType);
  if (def.type === "union" && def.options?.[0]) return literal(structured(def.options) ?? def.options[0]);
  return schema;
}

/** Of a value with alternative types, the one with parts. */
function structured(options: readonly Schema[]): Schema | undefined {
  const literals = options.filter((option) => option !== variable).map(literal);
  return literals.find((option) => ["record", "array", "object"].includes(option._zod.def.type));
}

/** What the schema says about a part of a value. */
export function child(schema: Schema, step: string | number): Schema | undefined {
  const def = schema._zod.def as { type: string; valueType?: Schema; element?: Schema };
  if (def.type === "record") return def.valueType;
  if (def.type === "array") return def.element;
  const known = shape(schema);
  // Own properties only, not inherited ones such as `constructor`.
  return Object.hasOwn(known, step) ? known[step] : undefined;
}

/** The fixed keys of a map, each with its schema. */
export function shape(schema: Schema): Record<string, Schema> {
  return (schema._zod.def as { shape?: Record<string, Schema> }).shape ?? {};
}

function exampleOf(schema: Schema): unknown {
  const examples = (schema as z.ZodType).meta()?.examples;
  return Array.isArray(examples) ? examples[0] : undefined;
}
