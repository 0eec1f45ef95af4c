import { endpointOf } from "../view";
import { type Check, skipped } from "./check";
import { nameOf, shardsOf } from "./shards";
import { zoneOf } from "./zones";

/** Of a shard without replicas, `no-second-copy` has a finding. */
export const shardInOneZone: Check = {
  severity: "warning",
  keys: ["masters", "availabilityZones"],
  when: "a master and all its replicas are in one zone",
  why: "If this zone fails, no copy of the shard is left.",
  check(facts) {
    const unknown = new Set<string>();
    const findings = shardsOf(facts).flatMap(({ owner, name, replicas }) => {
      if (replicas.length === 0) return [];
      const zones = [owner, ...replicas].map((node) => {
        const endpoint = endpointOf(node);
        const zone = endpoint && zoneOf(facts, endpoint);
        if (zone === undefined) unknown.add(nameOf(node));
        return zone;
      });
      if (new Set(zones).size > 1 || zones[0] === undefined) return [];
      return [
        {
          seen: `The shard of ${name} is in ${zones[0]} alone.`,
          remedy: "Add a replica in another zone, or another zone to `availabilityZones`.",
        },
      ];
    });
    if (unknown.size === 0) return findings;
    return [
      ...findings,
      skipped(
        `the zones of ${[...unknown].join(", ")} are not known; set \`zone\` in \`masters\`, and the credentials of Spot`,
      ),
    ];
  },
};
