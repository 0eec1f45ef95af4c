import { type IResolvable, type Precondition, Token } from "cdktf";
import { hcl } from "../terraform/hcl";
import { type Format } from "./formats";
import { type Prop, pathOf, showPath } from "./path";

/** A value as messages show it: on one line, not too long, and never what looks like a token of Spot's. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const shown = JSON.stringify(value).replace(/"[0-9a-f]{64}"/g, '"(64 hex digits)"');
  return shown.length <= 120 ? shown : `${shown.slice(0, 117)}...`;
}

/** A rule for one value, for those that are known and for those that only Terraform knows. */
export interface ValueRule<Value> {
  /** How a message says it after "must". */
  readonly rule: string;
  /** Whether a known value keeps it. */
  readonly holds: (value: Value) => boolean;
  /** The same in Terraform. */
  readonly condition: (value: unknown) => IResolvable;
  /** For a value that breaks it: the value that was probably meant. */
  readonly meant?: (value: Value) => string | undefined;
}

/** Text of a format. */
export function ofFormat({ pattern, rule, meant }: Omit<Format, "noun">): ValueRule<string> {
  return {
    rule,
    meant,
    holds: (value) => pattern.test(value),
    condition: (value) => hcl`can(regex(${terraformPattern(pattern)}, ${value}))`,
  };
}

/** Terraform has the flags within the pattern, and no lookaround. */
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

/** One of some values. */
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

/** A list that has an item. */
export function some(noun: string): ValueRule<readonly unknown[]> {
  return {
    rule: `name at least one ${noun}`,
    holds: (values) => values.length > 0,
    condition: (values) => hcl`length(${values}) > 0`,
  };
}

/** A list with no item twice. */
export function once(noun: string): ValueRule<readonly unknown[]> {
  return {
    rule: `name each ${noun} once`,
    holds: (values) => new Set(values).size === values.length,
    condition: (values) => hcl`length(distinct(${values})) == length(${values})`,
  };
}

/** A list of items that each keep a rule. */
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

/** Whether all of a value is known before Terraform runs; an object is a token, or a variable of a config. */
export function isKnown(value: unknown): boolean {
  if (Token.isUnresolved(value)) return false;
  return Array.isArray(value) ? value.every(isKnown) : typeof value !== "object" || value === null;
}

/** Refuses a plan with a value that breaks a rule, in the words of a `ValidationError`; of an item it names the list. */
export function precondition(prop: Prop, rule: string, got: unknown, condition: IResolvable): Precondition {
  const path = pathOf(prop);
  const named = showPath(typeof path.at(-1) === "number" ? path.slice(0, -1) : path);
  const value = got === undefined ? show(got) : hcl`jsonencode(${got})`.toString();
  return { condition, errorMessage: `\`${named}\` must ${rule}, got: ${value}` };
}

/** How a message says that one of two props is missing. */
export function givenUnlessRule(other: string): string {
  return `be given unless \`${other}\` is`;
}
