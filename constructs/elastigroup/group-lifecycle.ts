import { type Precondition, type TerraformResourceLifecycle } from "cdktf";
import { withPreconditions } from "../validation/validator";
import { type GroupProps } from "./group-props";

/**
 * Attributes with a default of Spot, or that cannot change after creation. All other attributes are set explicitly, so that
 * a second plan is empty. The zones must never be ignored, since the provider does not read them.
 */
const IGNORED_CHANGES = ["lifetime_period", "utilize_reserved_instances", "product", "capacity_unit"];

/** The user's lifecycle with the preconditions of this package, the ignored attributes, and `protect`. */
export function renderLifecycle(
  { lifecycle = {}, protect, strategy, ignoreChanges: further = [] }: GroupProps,
  own: readonly Precondition[],
): TerraformResourceLifecycle {
  // An attribute that the user sets is not ignored.
  const unset = IGNORED_CHANGES.filter(
    (name) => name !== "utilize_reserved_instances" || !strategy?.utilizeReservedInstances,
  );
  const { ignoreChanges } = lifecycle;
  return {
    ...withPreconditions(lifecycle, own),
    ...(protect ? { preventDestroy: true } : {}),
    ignoreChanges:
      ignoreChanges === "all"
        ? ignoreChanges
        : [...new Set([...unset, ...(ignoreChanges ?? []), ...further])],
  };
}

/** Whether the user's lifecycle ignores changes of the zones. */
export function ignoresZones(lifecycle: TerraformResourceLifecycle = {}): boolean {
  const { ignoreChanges = [] } = lifecycle;
  return ignoreChanges === "all" || ignoreChanges.includes("availability_zones");
}
