import * as z from "zod";
import { WINDOW } from "../../constructs/validation/formats";
import { DRAINING, LIFETIMES, PERCENT, REPLICAS, SPOT_PERCENT } from "../../constructs/validation/limits";
import { oneOf as oneOfRule } from "../../constructs/validation/value-rules";
import { Orientation } from "../../constructs/elastigroup/orientation";
import { ONLY_TRUE } from "../../constructs/elastigroup/strategy";
import { LASTING } from "../../constructs/elastigroup/revert-to-spot";
import { keysOf, list, oneOf, orVariable, text, whole, yesNo } from "./values";

/** The names in the file. */
export const ORIENTATIONS = {
  availability: Orientation.AVAILABILITY,
  balanced: Orientation.BALANCED,
  cost: Orientation.COST,
  equalZones: Orientation.EQUAL_ZONES,
};

export const strategy = z.strictObject(
  {
    orientation: oneOf(keysOf(ORIENTATIONS))
      .optional()
      .meta({ description: "What Spot weighs when it picks a machine.", default: "availability" }),
    onDemandCount: orVariable(whole(REPLICAS.least, REPLICAS.most)).optional().meta({
      description:
        "Replicas of each group that are always on-demand, at most all of them. The others are on spot instances. Not together with `spotPercentage`.",
    }),
    spotPercentage: orVariable(whole(SPOT_PERCENT.least, SPOT_PERCENT.most, " percent"))
      .optional()
      .meta({
        description:
          "The share of the replicas that are on spot instances. Spot does not document how it rounds; `onDemandCount` is exact.",
        default: SPOT_PERCENT.default,
      }),
    fallbackToOnDemand: orVariable(yesNo()).optional().meta({
      description:
        "Whether an on-demand instance takes over where there is no spot capacity. With `false`, the replica is missing until there is some.",
      default: true,
    }),
    revertToSpot: z
      .union([
        z.enum(["always", "never"], {
          error: "be always, never or a list of windows such as Sun:03:00-Sun:05:00 (UTC)",
        }),
        list(text(WINDOW).refine(LASTING.holds, { error: LASTING.rule }), WINDOW.noun),
      ])
      .optional()
      .meta({
        description:
          "When an on-demand fallback is replaced by spot again. Each return to spot is a replacement.",
        default: "never",
      }),
    drainingTimeout: whole(DRAINING.least, DRAINING.most, " seconds").optional().meta({
      description: "Seconds between the announcement of an instance's end and the end.",
      default: DRAINING.default,
    }),
    maxReplacementsPercentage: whole(PERCENT.least, PERCENT.most, " percent")
      .optional()
      .meta({ description: "The percentage of the instances that may be replaced at the same time." }),
    immediateOnDemandRecoverThreshold: whole(PERCENT.least, PERCENT.most, " percent").optional().meta({
      description:
        "The percentage of instances without spot capacity from which on-demand instances are launched immediately.",
    }),
    minimumInstanceLifetime: z
      .literal(LIFETIMES, { error: oneOfRule(LIFETIMES).rule })
      .optional()
      .meta({ description: "Hours that an instance should live: markets that comply are preferred." }),
    utilizeReservedInstances: z.literal(true, { error: ONLY_TRUE.rule }).optional().meta({
      description:
        "Whether reserved instances are used before spot. Once `true`, only Spot's console takes it back.",
    }),
    utilizeCommitments: yesNo()
      .optional()
      .meta({ description: "Whether savings plans are used before spot." }),
    considerOnDemandPricing: yesNo()
      .optional()
      .meta({ description: "Whether on-demand is bought where it is cheaper than spot." }),
  },
  { error: "be a map with settings of the strategy" },
);
