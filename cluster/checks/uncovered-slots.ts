import { type Check, unchecked } from "./check";
import { redisCli } from "./redis-cli";
import { showEndpoint } from "../endpoint";

export const uncoveredSlots: Check = {
  severity: "error",
  keys: ["masters"],
  when: "slots have no owner",
  why: "Their keys cannot be read or written.",
  check(facts) {
    const [observer] = facts.view.answering;
    if (observer === undefined) return [unchecked("no node answered CLUSTER NODES")];
    const { uncovered } = facts.view;
    if (uncovered === 0) return [];
    const { host, port } = observer.endpoint;
    const options = ["--cluster", "fix", showEndpoint(observer.endpoint)];
    return [
      {
        seen: `${uncovered} of 16384 slots have no owner.`,
        remedy: "Assign them once the masters that had them are known to be gone:",
        commands: [redisCli(facts, { host, port }, ...options)],
      },
    ];
  },
};
