import { type Check } from "./check";
import { type ExpectedGroup } from "./expectations";
import { judgeGroups } from "./groups";
import { type FoundGroup } from "./spot-facts";

/** What differs, as `zones: a, b in Spot, a in the config`. */
function differences({ group }: FoundGroup, { replicas, zones, onDemand, spot }: ExpectedGroup): string[] {
  const { capacity, compute = {} } = group;
  const rows: [string, readonly unknown[] | undefined, readonly unknown[] | undefined][] = [
    ["capacity", [capacity.target], replicas === undefined ? undefined : [replicas]],
    ["zones", compute.availabilityZones?.map(({ name }) => name), zones],
    [
      "on-demand type",
      compute.instanceTypes?.ondemand === undefined ? undefined : [compute.instanceTypes.ondemand],
      // Of a list, Spot has the others in another attribute.
      onDemand?.length === 1 ? onDemand : undefined,
    ],
    ["spot types", compute.instanceTypes?.spot, spot],
  ];
  return rows.flatMap(([what, actual, wanted]) => {
    if (actual === undefined || wanted === undefined) return [];
    const [has, should] = [actual, wanted].map((list) => [...list].map(String).sort().join(", "));
    return has === should ? [] : [`${what}: ${has} in Spot, ${should} in the config`];
  });
}

export const groupDrift: Check = {
  severity: "warning",
  keys: ["replicas", "availabilityZones", "instanceTypes"],
  when: "the capacity, the zones or the instance types of a group in Spot differ from the config",
  why: "The group was changed in the console, or the config was not applied.",
  check(facts) {
    return judgeGroups(facts, (found) =>
      found.flatMap((each) => {
        const expected = facts.expected.groups.find(({ name }) => name === each.group.name);
        const different = expected === undefined ? [] : differences(each, expected);
        if (different.length === 0) return [];
        return [
          {
            seen: `The group ${each.group.name} (${each.group.id}) differs. ${different.join("; ")}.`,
            remedy: "Run `terraform plan`, and apply it or change the config.",
          },
        ];
      }),
    );
  },
};
