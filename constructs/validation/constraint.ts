import { type IResolvable, type Precondition } from "cdktf";
import { isKnown, precondition, violation } from "./value-rules";

/** A constraint across values: the rule, whether it holds here, and how Terraform checks it. */
export interface Constraint {
  /** The property that a message is about. */
  readonly prop: string;
  /** How a message says it after "must". */
  readonly rule: string;
  readonly got: unknown;
  /** The values that decide. */
  readonly among: readonly unknown[];
  /** Whether it holds, where all of those are known. */
  readonly holds: boolean;
  /** The same in Terraform. */
  readonly condition: IResolvable;
}

/** Whether it is broken whatever Terraform will know. */
export function isBroken({ among, holds }: Pick<Constraint, "among" | "holds">): boolean {
  return isKnown(among) && !holds;
}

/** What is wrong already, each as one message. */
export function violations(constraints: readonly Constraint[]): string[] {
  return constraints.filter(isBroken).map(({ prop, rule, got }) => violation(prop, rule, got));
}

/** What Terraform has to see to. */
export function preconditions(constraints: readonly Constraint[]): Precondition[] {
  return constraints
    .filter(({ among }) => !isKnown(among))
    .map(({ prop, rule, got, condition }) => precondition(prop, rule, got, condition));
}

/** A value in parentheses behind a rule; nothing where only Terraform knows it. */
export function parenthesized(value: unknown): string {
  return isKnown(value) ? ` (${String(value)})` : "";
}
