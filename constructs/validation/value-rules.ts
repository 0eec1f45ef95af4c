import { type IResolvable, type Precondition, Token } from "cdktf";
import { hcl } from "../terraform/hcl";
import { type Format } from "./formats";
import { isPrivate, showGot } from "./got";
import { type Prop, pathOf, showPath } from "./path";

/** A rule for one value, which is known or known only to Terraform. */
export interface ValueRule<Value> {
  /** The text of the rule in messages, after "must". */
  readonly rule: string;
  /** Whether it holds for a known value. */
  readonly holds: (value: Value) => boolean;
  /** The condition in Terraform. */
  readonly condition: (value: unknown) => IResolvable;
  /** For a value that violates it: the value that was probably meant. */
  readonly meant?: (value: Value) => string | undefined;
}

/** Text of a format. */
export function ofFormat({ pattern, rule, meant }: Omit<Format, "noun">): ValueRule<string> {
  return {
    rule,
    meant,
    // Values from plain JavaScript may be of any type.
    holds: (value) => typeof value === "string" && pattern.test(value),
    condition: (value) => hcl`can(regex(${terraformPattern(pattern)}, ${value}))`,
  };
}

/** Terraform's regular expressions have their flags in the pattern, and no lookaround. */
export function terraformPattern({ flags, source }: RegExp): string {
  return flags === "" ? source : `(?${flags})${source}`;
}

/** A whole number in a range. */
export function within(
  { least, most }: { readonly least: number; readonly most: number },
  unit = "",
): ValueRule<number> {
  return {
    rule: `be a whole number from ${least} to ${most}${unit}`,
    holds: (value) => Number.isInteger(value) && value >= least && value <= most,
    condition: (value) => hcl`${value} >= ${least} && ${value} <= ${most} && floor(${value}) == ${value}`,
  };
}

/** One of several values. */
export function oneOf<Value extends string | number>(values: readonly Value[]): ValueRule<Value> {
  return {
    rule: `be one of ${values.join(", ")}`,
    holds: (value) => values.includes(value),
    condition: (value) => hcl`contains(${values}, ${value})`,
  };
}

export const NOT_EMPTY: ValueRule<string> = {
  rule: "not be empty",
  holds: (value) => value !== "",
  condition: (value) => hcl`${value} != ""`,
};

/** A list with at least one item. */
export function some(noun: string): ValueRule<readonly unknown[]> {
  return {
    rule: `name at least one ${noun}`,
    holds: (values) => values.length > 0,
    condition: (values) => hcl`length(${values}) > 0`,
  };
}

/** A list without duplicates. */
export function once(noun: string): ValueRule<readonly unknown[]> {
  return {
    rule: `name each ${noun} once`,
    holds: (values) => new Set(values).size === values.length,
    condition: (values) => hcl`length(distinct(${values})) == length(${values})`,
  };
}

/** A list whose items all match a rule. */
export function each<Item>(item: ValueRule<Item>): ValueRule<readonly Item[]> {
  return {
    rule: item.rule,
    holds: (values) => values.every((value) => item.holds(value)),
    condition: (values) => hcl`alltrue([for item in ${values} : ${item.condition(ITEM)}])`,
  };
}

const ITEM: IResolvable = {
  creationStack: [],
  resolve: () => "item",
  toString: () => "item",
};

/** Whether a value is completely known before Terraform runs. An object is a token, or a variable of a config file. */
export function isKnown(value: unknown): boolean {
  if (Token.isUnresolved(value)) return false;
  return Array.isArray(value) ? value.every(isKnown) : typeof value !== "object" || value === null;
}

/** The precondition of a rule, with the message of a `ValidationError`. For an item, the message names the list. */
export function precondition(prop: Prop, rule: string, got: unknown, condition: IResolvable): Precondition {
  const path = pathOf(prop);
  const named = showPath(typeof path.at(-1) === "number" ? path.slice(0, -1) : path);
  const value =
    got === undefined || isPrivate(path) ? showGot(path, got) : hcl`jsonencode(${got})`.toString();
  return { condition, errorMessage: `\`${named}\` must ${rule}, got: ${value}` };
}

/** The rule that one of two properties is given. */
export function givenUnlessRule(other: string): string {
  return `be given unless \`${other}\` is given`;
}
