import { type ElastigroupAwsConfig } from "@cdktf/provider-spotinst/lib/elastigroup-aws";
import { type IResolvable } from "cdktf";
import { hcl } from "../terraform/hcl";
import { DRAINING, LIFETIMES, PERCENT } from "../validation/limits";
import { type Validator } from "../validation/validator";
import { oneOf, type ValueRule, within } from "../validation/value-rules";
import { Orientation } from "./orientation";
import { RevertToSpot } from "./revert-to-spot";

/** How Spot picks machines and when it moves an instance to another. */
export interface Strategy {
  /**
   * What weighs when a market is picked.
   * @default Orientation.AVAILABILITY
   */
  readonly orientation?: Orientation;
  /**
   * Whether an on-demand instance takes over where there is no spot capacity.
   * @default true
   */
  readonly fallbackToOnDemand?: boolean | IResolvable;
  /**
   * When an on-demand fallback is replaced by spot again.
   * @default RevertToSpot.NEVER
   */
  readonly revertToSpot?: RevertToSpot;
  /**
   * Seconds between the deregistration of an instance and its end, 1 to 3600.
   * @default 120
   */
  readonly drainingTimeout?: number;
  /**
   * The share of the instances that Spot may replace at the same time, in percent, 1 to 100.
   * @default - no limit
   */
  readonly maxReplacementsPercentage?: number;
  /**
   * The share of instances without spot capacity, in percent, 1 to 100, from which on-demand instances take
   * over at once.
   * @default - none
   */
  readonly immediateOnDemandRecoverThreshold?: number;
  /**
   * Hours that an instance should live: markets that comply go first. 1, 3, 6, 12 or 24.
   * @default - no preference
   */
  readonly minimumInstanceLifetime?: number;
  /**
   * Whether reserved instances are used before spot. Only `true` is allowed, for the provider sends nothing
   * else; leave it out otherwise. Once it was `true`, only Spot's console takes it back.
   * @default - as Spot has it
   */
  readonly utilizeReservedInstances?: boolean;
  /**
   * Whether savings plans are used before spot.
   * @default - no
   */
  readonly utilizeCommitments?: boolean | IResolvable;
  /**
   * Whether on-demand is bought where it is cheaper than spot.
   * @default - no
   */
  readonly considerOnDemandPricing?: boolean | IResolvable;
}

/** A switch that the provider can only send when it is on. */
export const ONLY_TRUE: ValueRule<boolean> = {
  rule: "be true or be left out (the provider sends no false)",
  holds: (value) => value,
  condition: (value) => hcl`${value}`,
};

/** Checks each value by itself. */
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
  validator.optional("strategy.minimumInstanceLifetime", strategy.minimumInstanceLifetime, oneOf(LIFETIMES));
  validator.optional("strategy.utilizeReservedInstances", strategy.utilizeReservedInstances, ONLY_TRUE);
  validator.add(strategy.revertToSpot?._preconditions ?? []);
}

/** The strategy as the provider takes it. */
export function renderStrategy(
  strategy: Strategy,
): Pick<ElastigroupAwsConfig, "orientation" | "fallbackToOndemand"> & Partial<ElastigroupAwsConfig> {
  const revert = strategy.revertToSpot ?? RevertToSpot.NEVER;
  return {
    orientation: (strategy.orientation ?? Orientation.AVAILABILITY).value,
    spotPercentage: 100,
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
