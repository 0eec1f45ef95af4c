import { Token } from "cdktf";
import { type Kind, onceRule, someRule, withinRule } from "./kinds";

/** What went wrong with one property, in the words every message of this package uses. */
export function violation(prop: string, rule: string, got: unknown): string {
  return `\`${prop}\` must ${rule}, got: ${show(got)}`;
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

/** Throws unless `holds`; tokens are left to Terraform, which alone knows their values. */
export function must(prop: string, rule: string, got: unknown, holds: boolean): void {
  if (!Token.isUnresolved(got) && !holds) throw new Error(violation(prop, rule, got));
}

/** Throws unless `value` is a whole number from `least` to `most`. */
export function mustBeWithin(prop: string, value: number, least: number, most: number, unit = ""): void {
  must(
    prop,
    withinRule(least, most, unit),
    value,
    Number.isInteger(value) && value >= least && value <= most,
  );
}

/** Throws unless `value` is text of a kind. */
export function mustBe(prop: string, value: string, kind: Kind): void {
  must(prop, kind.rule, value, kind.pattern.test(value));
}

/** Throws unless the list has an item, no item twice, and items of one kind only. */
export function mustList(prop: string, values: readonly string[], kind: Kind): void {
  if (Token.isUnresolved(values)) return;
  must(prop, someRule(kind.noun), values, values.length > 0);
  must(prop, onceRule(kind.noun), values, new Set(values).size === values.length);
  for (const value of values) mustBe(prop, value, kind);
}
