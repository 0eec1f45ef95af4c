import { type Answer, known } from "../answer";
import { type Check } from "./check";
import { judge, namesOf } from "./judge";
import { type NodeFacts } from "./node-facts";
import { configSet } from "./redis-cli";

function persistenceOf({ directives }: NodeFacts): Answer<{ save: string; appendonly: string }> {
  const { save, appendonly } = directives;
  if (!save.known) return save;
  return appendonly.known
    ? known({ save: save.value ?? "", appendonly: appendonly.value ?? "" })
    : appendonly;
}

/** A master that restarts before it is failed over serves what it has loaded. */
export const noPersistence: Check = {
  severity: "warning",
  keys: ["masters"],
  when: "a master has neither save points nor an append-only file",
  why: "A master that restarts before a failover is then empty, and its replicas delete their data too.",
  check(facts) {
    return judge(facts.masters, persistenceOf, ({ save, appendonly }, found) =>
      save === "" && appendonly === "no"
        ? {
            seen: `\`save\` is empty and \`appendonly\` is no at ${namesOf(found)}.`,
            remedy: "Set save points, or `appendonly yes`:",
            commands: configSet(facts, found, "save", "3600 1 300 100 60 10000"),
          }
        : undefined,
    );
  },
};
