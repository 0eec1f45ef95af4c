import { showEndpoint } from "../endpoint";
import { endpointOf, isFailing } from "../view";
import { type Check } from "./check";
import { redisCli } from "./redis-cli";

/** A stateful replica that is being replaced is listed as failed too. */
export const ghostNode: Check = {
  severity: "warning",
  keys: ["masters"],
  when: "a node without slots is listed as failed, without an address or in handshake",
  why: "Nodes that are gone stay in the list until they are forgotten, and masters go on trying to reach them.",
  check(facts) {
    return facts.view.ids.flatMap((id) => {
      const observers = facts.view.masters.filter(
        ({ nodes }) => nodes.known && nodes.value.some((node) => node.id === id && isFailing(node)),
      );
      const node = facts.view.agreed(id);
      if (node === undefined || observers.length === 0 || node.slots.length > 0) return [];
      // A single master may have lost its link for a moment.
      const isHandshake = node.flags.includes("handshake");
      if (!isHandshake && !isFailing(node)) return [];
      const endpoint = endpointOf(node);
      const flags = node.flags.filter((flag) => flag !== "myself").join(",");
      return [
        {
          seen: `The node ${id} (${endpoint === undefined ? "no address" : showEndpoint(endpoint)}) is listed with the flags ${flags}.`,
          remedy: isHandshake
            ? "Allow the bus ports in both directions if it should join; otherwise, masters drop it after `cluster-node-timeout`."
            : "If its instance is being replaced, wait. If it is gone for good, forget it at all masters within 60 seconds:",
          ...(isHandshake
            ? {}
            : {
                commands: facts.view.masters.map(({ endpoint }) =>
                  redisCli(facts, endpoint, "CLUSTER", "FORGET", id),
                ),
              }),
        },
      ];
    });
  },
};
