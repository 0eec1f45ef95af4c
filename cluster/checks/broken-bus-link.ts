import { showEndpoint } from "../endpoint";
import { endpointOf } from "../view";
import { type Check } from "./check";

/** Each master lists its link to each other one. */
export const brokenBusLink: Check = {
  severity: "error",
  keys: ["masters"],
  when: "a master lists another one as disconnected or failed",
  why: "Masters that do not reach each other cannot agree on a failover or on a new replica.",
  check({ view }) {
    return view.owners.flatMap((owner) => {
      const broken = view.sightings(owner.id).flatMap(({ observer, node }) => {
        if (node === undefined) return [];
        const flags = node.flags.filter((flag) => flag.startsWith("fail"));
        if (node.connected && flags.length === 0) return [];
        return [`${showEndpoint(observer.endpoint)} lists ${flags.join(", ") || "disconnected"}`];
      });
      if (broken.length === 0) return [];
      const endpoint = endpointOf(owner);
      const name = endpoint === undefined ? owner.id : showEndpoint(endpoint);
      return [
        {
          seen: `The bus link to the master ${name} is broken: ${broken.join("; ")}.`,
          remedy: `Start that server, or allow TCP port ${owner.busPort} from all masters.`,
        },
      ];
    });
  },
};
