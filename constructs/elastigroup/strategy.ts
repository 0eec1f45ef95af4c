import { type ElastigroupAwsConfig } from "@cdktf/provider-spotinst/lib/elastigroup-aws";
import { type IResolvable } from "cdktf";
import { hcl } from "../terraform/hcl";
import { DRAINING, LIFETIMES, PERCENT, REPLICAS, SPOT_PERCENT } from "../validation/limits";
import { type Constraint, parenthesized } from "../validation/constraint";
import { type Validator } from "../validation/validator";
import { oneOf, type ValueRule, within } from "../validation/value-rules";
import { Orientation } from "./orientation";
import { RevertToSpot } from "./revert-to-spot";

/** How Spot chooses instances, and when it replaces them. */
export interface Strategy {
  /**
   * How markets are chosen.
   * @default Orientation.AVAILABILITY
   */
  readonly orientation?: Orientation;
  /**
   * Instances of the group that are always on-demand, at most its capacity; the others are spot instances. Not
   * together with `spotPercentage`.
   * @default - none
   */
  readonly onDemandCount?: number;
  /**
   * The share of the instances that are spot instances, in percent, 0 to 100. How Spot rounds it is not documented:
   * `onDemandCount` is exact.
   * @default 100
   */
  readonly spotPercentage?: number;
  /**
   * Whether on-demand instances are launched if there is no spot capacity.
   * @default true
   */
  readonly fallbackToOnDemand?: boolean | IResolvable;
  /**
   * When an on-demand fallback instance is replaced by a spot instance again.
   * @default RevertToSpot.NEVER
   */
  readonly revertToSpot?: RevertToSpot;
  /**
   * Seconds between the deregistration of an instance and its termination, 1 to 3600.
   * @default 120
   */
  readonly drainingTimeout?: number;
  /**
   * The percentage of the instances that Spot may replace at the same time, 1 to 100.
   * @default - no limit
   */
  readonly maxReplacementsPercentage?: number;
  /**
   * The percentage of instances without spot capacity, 1 to 100, from which on-demand instances are launched
   * immediately.
   * @default - none
   */
  readonly immediateOnDemandRecoverThreshold?: number;
  /**
   * The preferred lifetime of an instance in hours: 1, 3, 6, 12 or 24. Spot prefers markets that match it.
   * @default - no preference
   */
  readonly minimumInstanceLifetime?: number;
  /**
   * Whether reserved instances are used before spot instances. Only `true` is allowed, since the provider does not send
   * `false`; omit it otherwise. After it was `true`, it can only be disabled in Spot's console.
   * @default - the value in Spot
   */
  readonly utilizeReservedInstances?: boolean;
  /**
   * Whether savings plans are used before spot instances.
   * @default - no
   */
  readonly utilizeCommitments?: boolean | IResolvable;
  /**
   * Whether on-demand instances are used if they are cheaper than spot instances.
   * @default - no
   */
  readonly considerOnDemandPricing?: boolean | IResolvable;
}

/** A boolean that the provider sends only if it is true. */
export const ONLY_TRUE: ValueRule<boolean> = {
  rule: "be true or be left out (the provider sends no false)",
  holds: (value) => value,
  condition: (value) => hcl`${value}`,
};

/** The on-demand share as plain values. */
export interface PlainShare {
  readonly onDemandCount?: unknown;
  readonly spotPercentage?: unknown;
}

/** How the on-demand share must fit together, and the number of instances. */
export function shareConstraints(
  { onDemandCount, spotPercentage }: PlainShare,
  capacity: unknown,
): Constraint[] {
  if (onDemandCount === undefined) return [];
  return [
    {
      path: ["strategy", "spotPercentage"],
      rule: "be left out where `onDemandCount` is given",
      got: spotPercentage,
      holds: spotPercentage === undefined,
    },
    {
      path: ["strategy", "onDemandCount"],
      rule: `be at most the number of instances${parenthesized(capacity)}`,
      got: onDemandCount,
      among: [onDemandCount, capacity],
      holds: capacity === undefined || Number(onDemandCount) <= Number(capacity),
      condition: hcl`${onDemandCount} <= ${capacity}`,
    },
  ];
}

/** Validates each value separately. */
export function validateStrategy(strategy: Strategy, validator: Validator): void {
  const percent = within(PERCENT, " percent");
  validator.value(
    "strategy.drainingTimeout",
    strategy.drainingTimeout ?? DRAINING.default,
    within(DRAINING, " seconds"),
  );
  for (const prop of ["maxReplacementsPercentage", "immediateOnDemandRecoverThreshold"] as const) {
    validator.optional(`strategy.${prop}`, strategy[prop], percent);
  }
  // Not null either: without both, the provider has everything run on-demand.
  if (strategy.onDemandCount !== undefined)
    validator.value("strategy.onDemandCount", strategy.onDemandCount, within(REPLICAS));
  if (strategy.spotPercentage !== undefined)
    validator.value("strategy.spotPercentage", strategy.spotPercentage, within(SPOT_PERCENT, " percent"));
  validator.optional("strategy.minimumInstanceLifetime", strategy.minimumInstanceLifetime, oneOf(LIFETIMES));
  validator.optional("strategy.utilizeReservedInstances", strategy.utilizeReservedInstances, ONLY_TRUE);
  validator.add(strategy.revertToSpot?._preconditions ?? []);
}

/** The strategy as provider attributes. */
export function renderStrategy(
  strategy: Strategy,
): Pick<ElastigroupAwsConfig, "orientation" | "fallbackToOndemand"> & Partial<ElastigroupAwsConfig> {
  const revert = strategy.revertToSpot ?? RevertToSpot.NEVER;
  return {
    orientation: (strategy.orientation ?? Orientation.AVAILABILITY).value,
    ...(strategy.onDemandCount === undefined
      ? { spotPercentage: strategy.spotPercentage ?? SPOT_PERCENT.default }
      : { ondemandCount: strategy.onDemandCount }),
    fallbackToOndemand: strategy.fallbackToOnDemand ?? true,
    revertToSpot: { performAt: revert.performAt, timeWindows: revert.timeWindows },
    drainingTimeout: strategy.drainingTimeout ?? DRAINING.default,
    maxReplacementsPercentage: strategy.maxReplacementsPercentage,
    immediateOdRecoverThreshold: strategy.immediateOnDemandRecoverThreshold,
    minimumInstanceLifetime: strategy.minimumInstanceLifetime,
    utilizeReservedInstances: strategy.utilizeReservedInstances,
    utilizeCommitments: strategy.utilizeCommitments,
    considerOdPricing: strategy.considerOnDemandPricing,
  };
}
