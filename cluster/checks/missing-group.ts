import { type Check } from "./check";
import { judgeGroups } from "./groups";

export const missingGroup: Check = {
  severity: "note",
  keys: ["name"],
  when: "Spot has no group with a name of the config",
  why: "Before the first deployment this is expected.",
  check(facts) {
    return judgeGroups(facts, (found) =>
      facts.expected.groups
        .filter(({ name }) => !found.some(({ group }) => group.name === name))
        .map(({ name }) => ({
          seen: `Spot has no group with the name ${name}.`,
          remedy: "If it was deployed, check `account` and `name`.",
        })),
    );
  },
};
