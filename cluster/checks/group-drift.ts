import { compareGroup, showDifference } from "../spot/group-difference";
import { type Check, skipped, type Verdict } from "./check";
import { judgeGroups } from "./groups";

export const groupDrift: Check = {
  severity: "warning",
  keys: ["replicas", "availabilityZones", "instanceTypes", "imageId", "persistence"],
  when: "the capacity, region, image, types, zones or persistence of a group in Spot differ from the config",
  why: "The group was changed in the console, or the config was not applied.",
  check(facts) {
    return judgeGroups(facts, (fleets) =>
      fleets.flatMap(({ group }): Verdict[] => {
        const expected = facts.expected.groups.find(({ name }) => name === group.name);
        if (expected === undefined) return [];
        const { differences, notCompared } = compareGroup(expected, group);
        const unknown = notCompared.map((key) => `\`${key}\``).join(", ");
        return [
          ...(differences.length === 0
            ? []
            : [
                {
                  seen: `The group ${group.name} (${group.id}) differs: ${differences.map(showDifference).join("; ")}.`,
                  remedy: "Run `terraform plan`, and apply it or change the config.",
                },
              ]),
          ...(unknown === "" ? [] : [skipped(`only Terraform has the values of ${unknown}`)]),
        ];
      }),
    );
  },
};
