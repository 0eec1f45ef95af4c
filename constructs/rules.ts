import { Token } from "cdktf";

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
  const rule = `be a whole number from ${least} to ${most}${unit}`;
  must(prop, rule, value, Number.isInteger(value) && value >= least && value <= most);
}

/** Throws unless `value` is text that matches `pattern`. */
export function mustMatch(prop: string, value: string, pattern: RegExp, rule: string): void {
  must(prop, rule, value, pattern.test(value));
}

/** Throws unless the list has an item, and no item twice. */
export function mustList(prop: string, values: readonly string[], noun: string): void {
  must(prop, `name at least one ${noun}`, values, values.length > 0);
  must(prop, `name each ${noun} once`, values, new Set(values).size === values.length);
}
