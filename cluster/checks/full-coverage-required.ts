import { type Check } from "./check";
import { judge, namesOf } from "./judge";
import { configSet } from "./redis-cli";

export const fullCoverageRequired: Check = {
  severity: "note",
  keys: ["masters"],
  when: "`cluster-require-full-coverage` is `yes` at a master",
  why: "While one shard has no master, all other shards refuse commands too.",
  check(facts) {
    return judge(
      facts.masters,
      ({ directives }) => directives["cluster-require-full-coverage"],
      (value, found) =>
        value === "yes"
          ? {
              seen: `\`cluster-require-full-coverage\` is yes at ${namesOf(found)}.`,
              remedy: "If clients can work with the other shards, set it to `no`:",
              commands: configSet(facts, found, "cluster-require-full-coverage", "no"),
            }
          : undefined,
    );
  },
};
