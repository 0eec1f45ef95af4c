import { ofShard } from "./facts";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** With few replicas the rounding decides whether there is any on-demand replica. */
export const fractionalSpotPercentage: ReviewRule = {
  severity: "note",
  keys: ["strategy.spotPercentage"],
  when: "`strategy.spotPercentage` of the replicas is not a whole number",
  remedy: "Set `strategy.onDemandCount` instead.",
  check({ groups, config: { strategy = {} } }) {
    const { spotPercentage } = strategy;
    if (typeof spotPercentage !== "number" || groups.length === 0) return NOT_APPLICABLE;
    return groups
      .filter(({ replicas }) => (replicas * spotPercentage) % 100 !== 0)
      .map(
        (group) =>
          `${spotPercentage} % of ${group.replicas} replicas${ofShard(group)} is not a whole number. How Spot rounds it is not documented.`,
      );
  },
};
