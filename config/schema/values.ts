import * as z from "zod";
import { type Format } from "../../constructs/validation/formats";
import {
  each,
  ofFormat,
  once,
  oneOf as oneOfRule,
  some,
  type ValueRule,
  within,
} from "../../constructs/validation/value-rules";

/** Terraform's rule for names, without those it reserves in modules. */
const VARIABLE_NAME =
  /^(?!(source|version|providers|count|for_each|lifecycle|depends_on|locals)$)[A-Za-z_][A-Za-z0-9_-]*$/;

/** Names are keys of plain objects in cdktf, which have such as `constructor` already. */
export function isFree(name: string): boolean {
  return !(name in {});
}

/** What must be where a name is not free. */
export const TAKEN = "be another word: JavaScript has taken this one";

/** What stands in place of a value that only Terraform gets. */
export const variable = z
  .strictObject(
    {
      variable: z
        .string({ error: "be the name of a Terraform variable" })
        .regex(VARIABLE_NAME, { error: "be the name of a Terraform variable, such as master_ip" })
        .refine(isFree, { error: TAKEN }),
    },
    { error: "be `variable: NAME`" },
  )
  .meta({
    id: "variable",
    description: "A value that only Terraform gets: by -var, TF_VAR_… or a .tfvars file.",
  });

/** `{ variable: name }` in place of a value. */
export type Variable = z.output<typeof variable>;

/** A value, or the name of the Terraform variable that brings it. */
export type OrVariable<T> = T | Variable;

/** Whether a Terraform variable brings the value. */
export function isVariable(value: unknown): value is Variable {
  return typeof value === "object" && value !== null && "variable" in value;
}

/** A rule that Terraform holds a variable against. */
export interface Condition extends ValueRule<never> {
  /** The parts it is about, such as `each item of `. */
  readonly parts?: string;
}

/** What is known of a value beyond the shape that its schema tells. */
interface Notes {
  /** The conditions of a variable in its place, in a file of this region. */
  readonly conditions: (region: string) => readonly Condition[];
  /** For a text of another format: the text that was probably meant. */
  readonly meant?: Format["meant"];
}

/** Not a registry of zod, whose types take apart what a condition returns. */
const notes = new WeakMap<z.core.$ZodType, Notes>();

/** A schema with notes. */
export function noted<Schema extends z.core.$ZodType>(schema: Schema, notesOfIt: Notes): Schema {
  notes.set(schema, notesOfIt);
  return schema;
}

/** The notes of a schema of literals. */
export function notesOf(schema: z.core.$ZodType): Notes {
  return notes.get(schema) ?? { conditions: () => [] };
}

/** Text of a format; `further` is what a variable must hold beside it. */
export function text(
  format: Omit<Format, "noun">,
  further: (region: string) => readonly Condition[] = () => [],
) {
  const { pattern, rule: error, meant } = format;
  const conditions = (region: string): Condition[] => [ofFormat(format), ...further(region)];
  return noted(z.string({ error }).regex(pattern, { error }), { conditions, meant });
}

/** A whole number in a range. */
export function whole(least: number, most: number, unit = "") {
  const range = within({ least, most }, unit);
  const error = range.rule;
  return noted(z.int({ error }).min(least, { error }).max(most, { error }), { conditions: () => [range] });
}

/** One of some words. */
export function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: oneOfRule<string>(values).rule });
}

/** The words of a table. */
export function keysOf<Key extends string>(table: Readonly<Record<Key, unknown>>): [Key, ...Key[]] {
  return Object.keys(table) as [Key, ...Key[]];
}

/** True or false. */
export function yesNo() {
  return z.boolean({ error: "be true or false" });
}

/** A list with at least one item, and none twice. */
export function list<T extends z.ZodType>(item: T, noun: string) {
  const literal = item instanceof z.ZodUnion ? item.options[0]! : item;
  const conditions = (region: string): Condition[] => [
    some(noun),
    once(noun),
    ...notesOf(literal)
      .conditions(region)
      .map((rule) => ({ ...each(rule), parts: "each item of " })),
  ];
  const schema = z
    .array(item, { error: `be a list with at least one ${noun}` })
    .min(1, { error: some(noun).rule })
    .superRefine((items, context) => {
      items.forEach((value, index) => {
        const before = items.slice(0, index).some((other) => JSON.stringify(other) === JSON.stringify(value));
        if (before) context.addIssue({ code: "custom", path: [index], message: once(noun).rule });
      });
    });
  return noted(schema, { conditions });
}

/** A value, or the name of the variable that brings it. */
export function orVariable<T extends z.ZodType>(value: T) {
  return z.union([value, variable]);
}

/** A list of a format, where the whole or each item may come from a variable. */
export function listOrVariable(format: Format, further?: Parameters<typeof text>[1]) {
  return orVariable(list(orVariable(text(format, further)), format.noun));
}

/** When a key is missed: where there are keys at all, however wrong the others are, so that all is said at once. */
export function isMap({ value }: { readonly value: unknown }): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
