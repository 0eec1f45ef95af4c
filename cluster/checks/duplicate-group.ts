import { type Check } from "./check";
import { judgeGroups } from "./groups";

export const duplicateGroup: Check = {
  severity: "error",
  keys: ["name", "adopt"],
  when: "Spot has several groups with a name of the config",
  why: "Two groups may run the replicas, and commands that find the group by its name cannot tell which.",
  check(facts) {
    return judgeGroups(facts, (found) =>
      facts.expected.groups.flatMap(({ name }) => {
        const same = found.filter(({ group }) => group.name === name).map(({ group }) => group.id);
        if (same.length < 2) return [];
        return [
          {
            seen: `Spot has ${same.length} groups with the name ${name}: ${same.join(", ")}.`,
            remedy:
              "Compare them with the group of the Terraform state (`terraform state show`), and delete or rename the other.",
          },
        ];
      }),
    );
  },
};
