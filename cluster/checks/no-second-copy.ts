import { type Check, type Verdict } from "./check";
import { isFailing } from "../view";
import { offSpot, shardsOf } from "./shards";
import { unanswered } from "./unanswered";

/** Spot can end all replicas of a group at the same time. */
export const noSecondCopy: Check = {
  severity: "warning",
  keys: ["strategy.onDemandCount", "privateIps", "masters"],
  when: "a shard has no live replica outside the groups of the config",
  why: "If all spot replicas are interrupted at the same time, its master has the only copy of the data.",
  check(facts) {
    return shardsOf(facts).flatMap((shard): Verdict[] => {
      const others = offSpot(shard, facts);
      if (!others.known) return [unanswered(facts, others.reason)];
      if (others.value.some((node) => !isFailing(node))) return [];
      return [
        {
          seen: `The shard of ${shard.name} has ${shard.replicas.length === 0 ? "no replica" : "only replicas of the groups, or failed ones"}.`,
          remedy:
            "Add an on-demand replica outside the groups, in another zone than its master: `redis-cli --cluster add-node NEW EXISTING --cluster-slave --cluster-master-id " +
            shard.owner.id +
            "`.",
        },
      ];
    });
  },
};
