import { type Check } from "./check";
import { judge, namesOf } from "./judge";
import { configSet } from "./redis-cli";

/** Redis 6 has only the barrier, and no such directive. */
export const replicaMigration: Check = {
  severity: "warning",
  keys: ["masters"],
  when: "`cluster-allow-replica-migration` is `yes` at a node",
  why: "While a spot replica is replaced, the cluster can move a replica of another shard to its master, which then lacks it.",
  check(facts) {
    return judge(
      facts.nodes,
      ({ directives }) => directives["cluster-allow-replica-migration"],
      (value, found) =>
        value === "yes"
          ? {
              seen: `\`cluster-allow-replica-migration\` is yes at ${namesOf(found)}.`,
              remedy: "Switch it off at all nodes:",
              commands: configSet(facts, found, "cluster-allow-replica-migration", "no"),
            }
          : undefined,
    );
  },
};
