import { ofShard } from "./facts";
import { NOT_APPLICABLE, type Rule } from "./rule";

/** A replacement takes minutes: the old instance goes before the new one comes. */
export const oneReplica: Rule = {
  severity: "warning",
  when: "there is one replica, or a shard has one",
  remedy: "raise `replicas`",
  judge({ groups }) {
    if (groups.length === 0) return NOT_APPLICABLE;
    return groups
      .filter(({ replicas }) => replicas === 1)
      .map((group) => `while the one replica${ofShard(group)} is being replaced there is none`);
  },
};
