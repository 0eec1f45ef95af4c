import { type Check } from "./check";
import { judge, namesOf } from "./judge";
import { configSet } from "./redis-cli";

export const unequalNodeTimeout: Check = {
  severity: "warning",
  keys: ["redis.nodeTimeout", "masters"],
  when: "`cluster-node-timeout` of a node differs from that of most masters, or from `redis.nodeTimeout`",
  why: "Nodes with different timeouts disagree for some time about which node has failed.",
  check(facts) {
    const values = facts.masters.flatMap(({ directives: { "cluster-node-timeout": value } }) =>
      value.known && value.value !== undefined ? [value.value] : [],
    );
    const count = (value: string): number => values.filter((each) => each === value).length;
    const common = [...new Set(values)].sort((one, other) => count(other) - count(one))[0];
    const { nodeTimeout } = facts.expected;
    const wanted = nodeTimeout === undefined ? common : String(nodeTimeout);
    return judge(
      facts.nodes,
      ({ directives }) => directives["cluster-node-timeout"],
      (value, found) =>
        value === wanted || wanted === undefined
          ? undefined
          : {
              seen: `\`cluster-node-timeout\` is ${value} ms at ${namesOf(found)}, and ${wanted} ms ${nodeTimeout === undefined ? "at most masters" : "in the config"}.`,
              remedy: "Set it alike at all nodes:",
              commands: configSet(facts, found, "cluster-node-timeout", wanted),
            },
    );
  },
};
