import { type ClusterNode } from "../cluster-nodes";
import { showEndpoint } from "../endpoint";
import { selfOf } from "../member";
import { endpointOf, isFailing } from "../view";
import { type Check, type Finding } from "./check";
import { type Facts } from "./facts";
import { redisCli } from "./redis-cli";

/** A stateful replica that is being replaced is listed as failed too. */
export const ghostNode: Check = {
  severity: "warning",
  keys: ["masters"],
  when: "a node without slots is listed as failed, without an address or in handshake",
  why: "Nodes that are gone stay in the list until they are forgotten, and masters go on trying to reach them.",
  check(facts) {
    const { view } = facts;
    if (view.masters.length === 0) return [];
    return view.nodes.flatMap((node) => {
      const { id } = node;
      // By most masters: a single one may have lost its link for a moment.
      if (node.slots.length > 0 || !isFailing(node)) return [];
      const endpoint = endpointOf(node);
      const flags = node.flags.filter((flag) => flag !== "myself").join(",");
      return [
        {
          seen: `The node ${id} (${endpoint === undefined ? "no address" : showEndpoint(endpoint)}) is listed with the flags ${flags}.`,
          ...remedyOf(facts, node),
        },
      ];
    });
  },
};

/** A node is forgotten only if nothing can be it any more: one that hangs would come back, with slots that others have. */
function remedyOf(facts: Facts, node: ClusterNode): Pick<Finding, "remedy" | "commands"> {
  if (node.flags.includes("handshake"))
    return {
      remedy:
        "Allow the bus ports in both directions if it should join; otherwise, masters drop it after `cluster-node-timeout`.",
    };
  const endpoint = endpointOf(node);
  const at = endpoint && facts.nodes.find(({ name }) => name === showEndpoint(endpoint));
  const self = at && selfOf(at.member);
  if (at !== undefined && self?.id === node.id)
    return {
      remedy: `It answers, so do not forget it. Allow TCP port ${node.busPort} between all nodes, in both directions.`,
    };
  // Another node at the address, such as a replacement with a new volume, proves that this one is gone.
  if (at?.bus.known === true && self === undefined)
    return {
      remedy: `Its port ${node.busPort} accepts connections and the server does not answer: it hangs. Do not forget it; restart the server.`,
    };
  return {
    remedy:
      "If its instance is being replaced, wait. If it is gone for good, forget it with `redis-elastigroup retire --ghosts`, or at all nodes within 60 seconds:",
    commands: facts.view.answering.map((member) =>
      redisCli(facts, member.endpoint, "CLUSTER", "FORGET", node.id),
    ),
  };
}
