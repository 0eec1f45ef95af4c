import { ofShard } from "./facts";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** Spot spreads each group by itself. */
export const fewerReplicasThanZones: ReviewRule = {
  severity: "warning",
  keys: ["replicas", "shards"],
  when: "`equalZones` with fewer replicas than zones",
  remedy: "Raise `replicas`, or list fewer zones.",
  check({ zones, groups, orientation }) {
    if (zones === undefined || groups.length === 0 || orientation !== "equalZones") return NOT_APPLICABLE;
    return groups
      .filter(({ replicas }) => replicas < zones.length)
      .map(
        (group) =>
          `Fewer replicas${ofShard(group)} (${group.replicas}) than zones (${zones.length}): some zones have no replica.`,
      );
  },
};
