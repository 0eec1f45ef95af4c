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

/** Names of variables that Terraform allows, without those that it reserves in modules. */
const VARIABLE_NAME =
  /^(?!(source|version|providers|count|for_each|lifecycle|depends_on|locals)$)[A-Za-z_][A-Za-z0-9_-]*$/;

/** Names are keys of plain objects in cdktf, which already have keys such as `constructor`. */
export function isFree(name: string): boolean {
  return !(name in {});
}

/** The rule for a name that is reserved. */
export const TAKEN = "be another word, since JavaScript reserves this one";

/** The form of a value that only Terraform gets. */
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

/** A value, or the name of the Terraform variable with the value. */
export type OrVariable<T> = T | Variable;

/** Whether the value is that of a Terraform variable. */
export function isVariable(value: unknown): value is Variable {
  return typeof value === "object" && value !== null && "variable" in value;
}

/** A rule by which Terraform validates a variable. */
export interface Condition extends ValueRule<never> {
  /** The parts that it applies to, such as `each item of `. */
  readonly parts?: string;
}

/** Properties of a value in addition to its schema. */
interface Notes {
  /** The conditions of a variable in place of the value, in a file with this region. */
  readonly conditions: (region: string) => readonly Condition[];
  /** For a text that does not match: the text that was probably meant. */
  readonly meant?: Format["meant"];
}

/** A WeakMap instead of a zod registry, whose types change the result of a condition. */
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

/** Text of a format. `further` has additional rules for a variable. */
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

/** One of several words. */
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

/** A list with at least one item and without duplicates. */
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
      const seen = new Set<string>();
      for (const [index, value] of items.entries()) {
        const text = JSON.stringify(value);
        if (seen.has(text)) context.addIssue({ code: "custom", path: [index], message: once(noun).rule });
        seen.add(text);
      }
    });
  return noted(schema, { conditions });
}

/** A value, or the name of the variable with the value. */
export function orVariable<T extends z.ZodType>(value: T) {
  return z.union([value, variable]);
}

/** A list of texts of a format. The list or each item may be a variable. */
export function listOrVariable(format: Format, further?: Parameters<typeof text>[1]) {
  return orVariable(list(orVariable(text(format, further)), format.noun));
}

/** A missing key of a map is reported even if other keys are wrong, so that all problems are reported at once. */
export function isMap({ value }: { readonly value: unknown }): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
