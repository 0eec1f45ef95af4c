import { type Check } from "./check";
import { judge, namesOf } from "./judge";
import { configSet } from "./redis-cli";

/** Also at masters, since each can become a replica. */
export const zeroValidityFactor: Check = {
  severity: "error",
  keys: ["masters"],
  when: "`cluster-replica-validity-factor` (`cluster-slave-validity-factor`) of a node is 0",
  why: "A replica with old data can win an election, and the newer data of its former master is then deleted.",
  check(facts) {
    return judge(
      facts.nodes,
      ({ directives }) => directives["cluster-replica-validity-factor"],
      (value, found) =>
        value === "0"
          ? {
              seen: `\`cluster-replica-validity-factor\` is 0 at ${namesOf(found)}.`,
              remedy: "Set it to the default:",
              commands: configSet(facts, found, "cluster-replica-validity-factor", "10"),
            }
          : undefined,
    );
  },
};
