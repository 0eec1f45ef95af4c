import { type ReviewRule } from "./rule";

/** A shortage of spot capacity affects all instances of a type or a zone at the same time. */
export const allOnSpot: ReviewRule = {
  severity: "warning",
  keys: ["strategy.fallbackToOnDemand", "replicas", "shards"],
  when: "all replicas run on spot instances (always: this package uses on-demand instances only as a fallback)",
  remedy:
    "For each critical shard, run an on-demand replica outside this group. Then add this rule to `review.ignore`, with that as the reason.",
  check({ config: { strategy = {} } }) {
    const until =
      strategy.fallbackToOnDemand === false
        ? "spot capacity returns"
        : "on-demand instances have taken over, minutes later";
    return [
      `All replicas can be interrupted within two minutes. Until ${until}, the masters hold the only copies.`,
    ];
  },
};
