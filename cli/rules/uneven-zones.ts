import { ofShard } from "./facts";
import { NOT_APPLICABLE, type Rule } from "./rule";

/** What is left over is in one zone more than in the others. */
export const unevenZones: Rule = {
  severity: "note",
  when: "`equalZones` with replicas that do not divide evenly by the zones",
  remedy: "make `replicas` a multiple of the zones",
  judge({ zones, groups, orientation }) {
    if (zones === undefined || groups.length === 0 || orientation !== "equalZones") return NOT_APPLICABLE;
    return groups
      .filter(({ replicas }) => replicas > zones.length && replicas % zones.length !== 0)
      .map(
        (group) =>
          `${group.replicas} replicas${ofShard(group)} do not divide by ${zones.length} zones: some zone has one more, and its loss costs more`,
      );
  },
};
