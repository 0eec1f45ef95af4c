import { map } from "../answer";
import { type Check } from "./check";
import { judge, namesOf } from "./judge";
import { redisCli } from "./redis-cli";

export const clusterDown: Check = {
  severity: "error",
  keys: ["masters"],
  when: "`cluster_state` of a node is not `ok`",
  why: "The node refuses commands.",
  check(facts) {
    return judge(
      facts.nodes,
      ({ member: { info, cluster } }) =>
        map(info.known ? cluster : info, ({ cluster_state: state }) => state),
      (state, found) =>
        state === "ok"
          ? undefined
          : {
              seen: `\`cluster_state\` is ${state ?? "missing"} at ${namesOf(found)}.`,
              remedy: "Repair the masters that are not reachable. This command shows what is missing:",
              commands: [redisCli(facts, found[0]!.endpoint, "CLUSTER", "NODES")],
            },
    );
  },
};
