import { type ClusterNode } from "../cluster-nodes";
import { showEndpoint } from "../endpoint";
import { endpointOf } from "../view";
import { type Check } from "./check";

/** What masters must agree on about a node. */
function shown(node: ClusterNode): string {
  const endpoint = endpointOf(node);
  const place = endpoint === undefined ? "no address" : showEndpoint(endpoint);
  if (node.master !== undefined) return `${place}, replica of ${node.master}`;
  const slots = node.slots.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
  return `${place}, ${slots.length === 0 ? "no slots" : `slots ${slots.join(" ")}`}`;
}

/** A change takes seconds to reach all nodes. */
export const unequalViews: Check = {
  severity: "warning",
  keys: ["masters"],
  when: "masters disagree about a node: its address, its master or its slots, or one does not list it",
  why: "The agent acts only on what more than half of the masters agree on, so a replica may wait.",
  check({ view }) {
    return view.ids.flatMap((id) => {
      const sightings = view.sightings(id).filter(({ node }) => !node?.flags.includes("handshake"));
      const accounts = new Map<string, string[]>();
      for (const { observer, node } of sightings) {
        const account = node === undefined ? "not listed" : shown(node);
        accounts.set(account, [...(accounts.get(account) ?? []), showEndpoint(observer.endpoint)]);
      }
      if (accounts.size < 2) return [];
      const parts = [...accounts].map(([account, observers]) => `${account} (by ${observers.join(", ")})`);
      return [
        {
          seen: `Masters disagree about the node ${id}: ${parts.join("; ")}.`,
          remedy:
            "Run `check` again after a minute. If it stays, look for a broken bus link between the masters.",
        },
      ];
    });
  },
};
