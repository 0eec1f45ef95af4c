import { isVariable } from "../../config/schema/values";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** A shortage of spot capacity affects all instances of a type or a zone at the same time. */
export const allOnSpot: ReviewRule = {
  severity: "warning",
  keys: ["strategy.spotPercentage", "strategy.fallbackToOnDemand", "replicas", "shards"],
  when: "all replicas run on spot instances",
  remedy:
    "Set `strategy.onDemandCount`, with one group for each shard (`shards`) to have an on-demand replica of each. If there are such replicas outside this config, add this rule to `review.ignore`, with that as the reason.",
  check({ config: { strategy = {} } }) {
    const { onDemandCount, spotPercentage = 100 } = strategy;
    if (onDemandCount !== undefined) return [];
    if (isVariable(spotPercentage)) return NOT_APPLICABLE;
    if (spotPercentage < 100) return [];
    const until =
      strategy.fallbackToOnDemand === false
        ? "spot capacity returns"
        : "on-demand instances have taken over, minutes later";
    return [
      `All replicas can be interrupted within two minutes. Until ${until}, the masters hold the only copies.`,
    ];
  },
};
