import { type Precondition, type TerraformResourceLifecycle } from "cdktf";
import { withPreconditions } from "../validation/validator";
import { type GroupProps } from "./group-props";

/**
 * Attributes that Spot fills in or that cannot change after creation. Everything else is written out in
 * full, so that a second plan is empty; the zones must never be ignored, for the provider does not read them.
 */
const IGNORED_CHANGES = ["lifetime_period", "utilize_reserved_instances", "product", "capacity_unit"];

/** The user's lifecycle with our own preconditions, what Terraform must leave alone, and `protect`. */
export function renderLifecycle(
  { lifecycle = {}, protect, strategy }: GroupProps,
  own: readonly Precondition[],
): TerraformResourceLifecycle {
  // What the user sets is the user's to change.
  const unset = IGNORED_CHANGES.filter(
    (name) => name !== "utilize_reserved_instances" || !strategy?.utilizeReservedInstances,
  );
  const { ignoreChanges } = lifecycle;
  return {
    ...withPreconditions(lifecycle, own),
    ...(protect ? { preventDestroy: true } : {}),
    ignoreChanges: ignoreChanges === "all" ? ignoreChanges : [...unset, ...(ignoreChanges ?? [])],
  };
}

/** Whether the user has Terraform leave the zones alone, whatever the configuration says. */
export function ignoresZones(lifecycle: TerraformResourceLifecycle = {}): boolean {
  const { ignoreChanges = [] } = lifecycle;
  return ignoreChanges === "all" || ignoreChanges.includes("availability_zones");
}
