import { type IResolvable, type Precondition, Token } from "cdktf";
import { type Path } from "./path";
import { ValidationError } from "./validation-error";
import { isKnown, precondition } from "./value-rules";

/**
 * A rule across values: its text, whether it holds for known values, and its Terraform condition. The functions that
 * return constraints take plain values, from props or from a config file. Any value may be unknown: a token, or a variable.
 */
export interface Constraint {
  /** The property in the message. */
  readonly path: Path;
  /** The text of the rule in messages, after "must". */
  readonly rule: string;
  readonly got?: unknown;
  /** Whether it is about the last key of the path, not about its value. */
  readonly ofKey?: boolean;
  /** Whether it holds, if all values in `among` are known. */
  readonly holds: boolean;
  /** The values that decide, if one of them can be unknown. */
  readonly among?: readonly unknown[];
  /** The condition in Terraform, for unknown values. */
  readonly condition?: IResolvable;
}

/** Whether it is violated for any value of the unknown values. */
export function isBroken({ among = [], holds }: Constraint): boolean {
  return isKnown(among) && !holds;
}

/** The violated constraints as errors. */
export function violations(constraints: readonly Constraint[]): ValidationError[] {
  return constraints.filter(isBroken).map(({ path, rule, got }) => new ValidationError(path, rule, got));
}

/** The preconditions for constraints on unknown values. */
export function preconditions(constraints: readonly Constraint[]): Precondition[] {
  return constraints.flatMap(({ path, rule, got, among = [], condition }) =>
    condition === undefined || isKnown(among) ? [] : [precondition(path, rule, got, condition)],
  );
}

/** A value in parentheses after a rule; empty if it is unknown. */
export function parenthesized(value: unknown): string {
  return isKnown(value) ? ` (${String(value)})` : "";
}

/** Whether a list is known. Its items may be unknown. */
export function isList(value: unknown): value is unknown[] {
  return Array.isArray(value) && !Token.isUnresolved(value);
}

/** The known items of a list with their indexes; none if the list as a whole is unknown. */
export function knownItems(list: unknown): [index: number, item: string][] {
  if (!isList(list)) return [];
  return list.flatMap((item, index): [number, string][] =>
    typeof item === "string" && isKnown(item) ? [[index, item]] : [],
  );
}

/** The items that an earlier list also has, with the index of the list and of the item. Equal variables are equal. */
export function repeated(lists: readonly unknown[]): [list: number, index: number, item: unknown][] {
  const homes = new Map<string, number>();
  return lists.flatMap((items, list) => {
    if (!isList(items)) return [];
    return items.flatMap((item, index): [number, number, unknown][] => {
      if (item === undefined || Token.isUnresolved(item)) return [];
      const value = JSON.stringify(item);
      const home = homes.get(value) ?? list;
      homes.set(value, home);
      return home === list ? [] : [[list, index, item]];
    });
  });
}
