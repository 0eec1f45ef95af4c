import { ofShard } from "./facts";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** Valid, but the group then costs what instances without Spot cost. */
export const noneOnSpot: ReviewRule = {
  severity: "note",
  keys: ["strategy.onDemandCount", "strategy.spotPercentage"],
  when: "all replicas of a group are on-demand",
  remedy: "Lower `strategy.onDemandCount`, or raise `strategy.spotPercentage`.",
  check({ groups, config: { strategy = {} } }) {
    const { onDemandCount, spotPercentage } = strategy;
    if ((onDemandCount ?? spotPercentage) === undefined || groups.length === 0) return NOT_APPLICABLE;
    return groups
      .filter(({ replicas }) => onDemandCount === replicas || spotPercentage === 0)
      .map((group) => `No replica${ofShard(group)} runs on a spot instance.`);
  },
};
