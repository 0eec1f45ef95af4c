import { endpointOf } from "../view";
import { type Check, skipped } from "./check";
import { nameOf } from "./shards";
import { zoneOf } from "./zones";

export const mastersInOneZone: Check = {
  severity: "warning",
  keys: ["masters"],
  when: "all masters are in one zone",
  why: "If this zone fails, no failover is possible, since it needs the votes of most masters.",
  check(facts) {
    const { owners } = facts.view;
    const zones = owners.map((owner) => {
      const endpoint = endpointOf(owner);
      return endpoint && zoneOf(facts, endpoint);
    });
    const unknown = owners.filter((_, index) => zones[index] === undefined).map(nameOf);
    const known = new Set(zones.filter((zone) => zone !== undefined));
    if (known.size > 1 || owners.length < 2) return [];
    if (unknown.length > 0)
      return [skipped(`the zones of ${unknown.join(", ")} are not known; set \`zone\` in \`masters\``)];
    return [
      {
        seen: `All ${owners.length} masters are in ${[...known].join("")}.`,
        remedy: "Spread the masters over at least three zones.",
      },
    ];
  },
};
