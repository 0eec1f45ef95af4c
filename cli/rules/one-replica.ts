import { ofShard } from "./facts";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** A replacement takes minutes: the old instance stops before the new one starts. */
export const oneReplica: ReviewRule = {
  severity: "warning",
  keys: ["replicas", "shards"],
  when: "there is one replica, or a shard has one",
  remedy: "Raise `replicas`.",
  check({ groups }) {
    if (groups.length === 0) return NOT_APPLICABLE;
    return groups
      .filter(({ replicas }) => replicas === 1)
      .map((group) => `While the only replica${ofShard(group)} is replaced, there is none.`);
  },
};
