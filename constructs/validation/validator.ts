import { type Precondition, type TerraformResourceLifecycle, Token } from "cdktf";
import { hcl } from "../terraform/hcl";
import { type Kind } from "./formats";
import { each, isKnown, ofKind, once, precondition, type Rule, some, violation } from "./value-rules";

/**
 * Holds values against rules: throws where a known one breaks its rule, and has Terraform refuse the plan where that
 * alone knows the value.
 */
export class Checks {
  /** For the lifecycle of the resource that takes the values. */
  public readonly preconditions: Precondition[] = [];

  /** A value that must be there. */
  public value<Value>(prop: string, value: Value, rule: Rule<Value>): void {
    if (!isKnown(value)) {
      this.preconditions.push(precondition(prop, rule.rule, value, rule.condition(value)));
    } else if (!rule.holds(value)) {
      throw new Error(violation(prop, rule.rule, value));
    }
  }

  /** A value that may be left out, which in Terraform is null. */
  public optional<Value>(prop: string, value: Value | undefined, rule: Rule<Value>): void {
    if (value === undefined) return;
    const condition: Rule<Value>["condition"] = (got) => hcl`${got} == null ? true : ${rule.condition(got)}`;
    this.value(prop, value, { ...rule, condition });
  }

  /** A list that has an item, no item twice, and items of one kind only that keep further rules, too. */
  public list(
    prop: string,
    values: readonly string[] | undefined,
    kind: Kind,
    ...further: readonly Rule<string>[]
  ): void {
    if (values === undefined) return;
    const ofItems = [ofKind(kind), ...further];
    if (Token.isUnresolved(values)) {
      for (const rule of [some(kind.noun), once(kind.noun), ...ofItems.map(each)])
        this.value(prop, values, rule);
      return;
    }
    const known = values.filter((value) => !Token.isUnresolved(value));
    if (values.length === 0) this.value(prop, values, some(kind.noun));
    // Two that are known and alike stay so, whatever the others are.
    if (!once(kind.noun).holds(known)) throw new Error(violation(prop, once(kind.noun).rule, values));
    if (values.length > 1) this.value(prop, values, once(kind.noun));
    for (const value of values) for (const rule of ofItems) this.value(prop, value, rule);
  }

  /** What rules across values have found. */
  public add(preconditions: readonly Precondition[]): void {
    this.preconditions.push(...preconditions);
  }
}

/** A lifecycle with more preconditions; undefined where that says nothing. */
export function withPreconditions(
  lifecycle: TerraformResourceLifecycle | undefined,
  more: readonly Precondition[],
): TerraformResourceLifecycle | undefined {
  if (more.length === 0) return lifecycle;
  return { ...lifecycle, precondition: [...(lifecycle?.precondition ?? []), ...more] };
}
