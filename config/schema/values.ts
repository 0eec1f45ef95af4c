import * as z from "zod";
import { type Format } from "../../constructs/validation/formats";
import { onceRule, oneOfRule, someRule, withinRule } from "../../constructs/validation/value-rules";

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

/** What a wrong text was probably meant to be, by the schema of the text. */
export const meanings = z.registry<{ readonly meant: Format["meant"] }>();

/** Text of a format. */
export function text({ pattern, rule, meant }: Pick<Format, "pattern" | "rule" | "meant">) {
  return z.string({ error: rule }).regex(pattern, { error: rule }).register(meanings, { meant });
}

/** A whole number in a range. */
export function whole(least: number, most: number, unit = "") {
  const error = withinRule(least, most, unit);
  return z.int({ error }).min(least, { error }).max(most, { error });
}

/** One of some words. */
export function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: oneOfRule(values) });
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
  return z
    .array(item, { error: `be a list with at least one ${noun}` })
    .min(1, { error: someRule(noun) })
    .superRefine((items, context) => {
      items.forEach((value, index) => {
        const before = items.slice(0, index).some((other) => JSON.stringify(other) === JSON.stringify(value));
        if (before) context.addIssue({ code: "custom", path: [index], message: onceRule(noun) });
      });
    });
}

/** A value, or the name of the variable that brings it. */
export function orVariable<T extends z.ZodType>(value: T) {
  return z.union([value, variable]);
}

/** A list of a format, where the whole or each item may come from a variable. */
export function listOrVariable(format: Format) {
  return orVariable(list(orVariable(text(format)), format.noun));
}

/** When a key is missed: where there are keys at all, however wrong the others are, so that all is said at once. */
export function isMap({ value }: { readonly value: unknown }): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
