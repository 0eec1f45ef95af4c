import { ofShard } from "./facts";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

export const unevenZones: ReviewRule = {
  severity: "note",
  keys: ["replicas", "shards"],
  when: "`equalZones` with a number of replicas that is no multiple of the zones",
  remedy: "Set `replicas` to a multiple of the number of zones.",
  check({ zones, groups, orientation }) {
    if (zones === undefined || groups.length === 0 || orientation !== "equalZones") return NOT_APPLICABLE;
    return groups
      .filter(({ replicas }) => replicas > zones.length && replicas % zones.length !== 0)
      .map(
        (group) =>
          `${group.replicas} replicas${ofShard(group)} in ${zones.length} zones: some zones get one more, and their loss costs more.`,
      );
  },
};
