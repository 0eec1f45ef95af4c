import { type Check } from "./check";
import { judge, namesOf } from "./judge";
import { configSet } from "./redis-cli";
import { REPLACEMENT_MINUTES } from "./replacement";

/** A master without replicas frees its backlog, and then has a new replication ID. */
export const shortBacklogTtl: Check = {
  severity: "warning",
  keys: ["masters"],
  when: `\`repl-backlog-ttl\` of a master is above 0 and below ${REPLACEMENT_MINUTES} minutes`,
  why: "A master whose only replica is away for longer frees the backlog, and the replica then needs a full resync.",
  check(facts) {
    return judge(
      facts.masters,
      ({ directives }) => directives["repl-backlog-ttl"],
      (value, found) =>
        Number(value) === 0 || Number(value) >= REPLACEMENT_MINUTES * 60
          ? undefined
          : {
              seen: `\`repl-backlog-ttl\` is ${value} seconds at ${namesOf(found)}.`,
              remedy: "Keep the backlog always, or for at least an hour (3600):",
              commands: configSet(facts, found, "repl-backlog-ttl", "3600"),
            },
    );
  },
};
