import { ofShard } from "./facts";
import { NOT_APPLICABLE, type Rule } from "./rule";

/** A group's replicas are spread for themselves, whatever other groups there are. */
export const fewerReplicasThanZones: Rule = {
  severity: "warning",
  when: "`equalZones` with fewer replicas than zones",
  remedy: "raise `replicas`, or name fewer zones",
  judge({ zones, groups, orientation }) {
    if (zones === undefined || groups.length === 0 || orientation !== "equalZones") return NOT_APPLICABLE;
    return groups
      .filter(({ replicas }) => replicas < zones.length)
      .map(
        (group) =>
          `${group.replicas} replicas${ofShard(group)} leave some of the ${zones.length} zones empty`,
      );
  },
};
