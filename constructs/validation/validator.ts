import { type Precondition, type TerraformResourceLifecycle, Token } from "cdktf";
import { hcl } from "../terraform/hcl";
import { type Constraint, preconditions, violations } from "./constraint";
import { type Format } from "./formats";
import { type Prop } from "./path";
import { ValidationError } from "./validation-error";
import { each, isKnown, ofFormat, once, precondition, some, type ValueRule } from "./value-rules";

/**
 * Validates values by rules. Throws if a known value violates its rule, and adds a precondition to the plan for a value
 * that is known only to Terraform.
 */
export class Validator {
  /** For the lifecycle of the resource that takes the values. */
  public readonly preconditions: Precondition[] = [];

  /** A required value. */
  public value<Value>(prop: Prop, value: Value, rule: ValueRule<Value>): void {
    if (!isKnown(value)) {
      this.preconditions.push(precondition(prop, rule.rule, value, rule.condition(value)));
    } else if (!rule.holds(value)) {
      const meant = rule.meant?.(value);
      throw new ValidationError(prop, rule.rule, value, meant && `Did you mean \`${meant}\`?`);
    }
  }

  /** An optional value, which is null in Terraform if it is missing. */
  public optional<Value>(prop: Prop, value: Value | undefined, rule: ValueRule<Value>): void {
    if (value === undefined) return;
    const condition: ValueRule<Value>["condition"] = (got) =>
      hcl`${got} == null ? true : ${rule.condition(got)}`;
    this.value(prop, value, { ...rule, condition });
  }

  /** A list with at least one item and without duplicates. All items match the format and the further rules. */
  public list(
    prop: Prop,
    values: readonly string[] | undefined,
    format: Format,
    ...further: readonly ValueRule<string>[]
  ): void {
    if (values === undefined) return;
    const ofItems = [ofFormat(format), ...further];
    if (Token.isUnresolved(values)) {
      for (const rule of [some(format.noun), once(format.noun), ...ofItems.map(each)])
        this.value(prop, values, rule);
      return;
    }
    const known = values.filter((value) => !Token.isUnresolved(value));
    if (values.length === 0) this.value(prop, values, some(format.noun));
    // Known duplicates are an error, independent of unknown items.
    if (!once(format.noun).holds(known)) throw new ValidationError(prop, once(format.noun).rule, values);
    if (values.length > 1) this.value(prop, values, once(format.noun));
    for (const value of values) for (const rule of ofItems) this.value(prop, value, rule);
  }

  /** Constraints across values. */
  public across(constraints: readonly Constraint[]): void {
    const [error] = violations(constraints);
    if (error) throw error;
    this.add(preconditions(constraints));
  }

  /** Adds preconditions of other values. */
  public add(preconditions: readonly Precondition[]): void {
    this.preconditions.push(...preconditions);
  }
}

/** A lifecycle with further preconditions; undefined if it is empty. */
export function withPreconditions(
  lifecycle: TerraformResourceLifecycle | undefined,
  more: readonly Precondition[],
): TerraformResourceLifecycle | undefined {
  if (more.length === 0) return lifecycle;
  return { ...lifecycle, precondition: [...(lifecycle?.precondition ?? []), ...more] };
}
