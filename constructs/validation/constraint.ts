import { type IResolvable, type Precondition, Token } from "cdktf";
import { type Path } from "./path";
import { ValidationError } from "./validation-error";
import { isKnown, precondition } from "./value-rules";

/**
 * A rule across values: what it says, whether it holds here, and how Terraform checks it. The functions that return
 * constraints take plain values, from props and from a config file. Any value may be unknown: a token, or a variable.
 */
export interface Constraint {
  /** The property that a message is about. */
  readonly path: Path;
  /** How a message says it after "must". */
  readonly rule: string;
  readonly got?: unknown;
  /** Whether it is about the key at the path's end, not about its value. */
  readonly ofKey?: boolean;
  /** Whether it holds, where the values that decide are known. */
  readonly holds: boolean;
  /** The values that decide, where one of them can be unknown. */
  readonly among?: readonly unknown[];
  /** The same in Terraform, where one of those is unknown. */
  readonly condition?: IResolvable;
}

/** Whether it is broken whatever Terraform will know. */
export function isBroken({ among = [], holds }: Constraint): boolean {
  return isKnown(among) && !holds;
}

/** What is wrong already. */
export function violations(constraints: readonly Constraint[]): ValidationError[] {
  return constraints.filter(isBroken).map(({ path, rule, got }) => new ValidationError(path, rule, got));
}

/** What Terraform has to see to. */
export function preconditions(constraints: readonly Constraint[]): Precondition[] {
  return constraints.flatMap(({ path, rule, got, among = [], condition }) =>
    condition === undefined || isKnown(among) ? [] : [precondition(path, rule, got, condition)],
  );
}

/** A value in parentheses behind a rule; nothing where it is unknown. */
export function parenthesized(value: unknown): string {
  return isKnown(value) ? ` (${String(value)})` : "";
}

/** Whether a list is known, though an item of it may not be. */
export function isList(value: unknown): value is unknown[] {
  return Array.isArray(value) && !Token.isUnresolved(value);
}

/** The known items of a list with their indexes; none where the list as a whole is unknown. */
export function knownItems(list: unknown): [index: number, item: string][] {
  if (!isList(list)) return [];
  return list.flatMap((item, index): [number, string][] =>
    typeof item === "string" && isKnown(item) ? [[index, item]] : [],
  );
}

/** The items that an earlier list has too, each with the place of its list and in that; one variable is one value. */
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
