import { isInZone } from "../../config/schema/masters";
import { isVariable } from "../../config/schema/values";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** A shard has the zone that `masters` has for its node. */
export const replicaInMasterZone: ReviewRule = {
  severity: "warning",
  keys: ["availabilityZones", "masters"],
  when: "the replicas of a master can only be in the zone that `masters` has for it",
  remedy: "Add another zone to `availabilityZones`.",
  check({ zones, config: { masters, shards } }) {
    if (zones === undefined || isVariable(masters)) return NOT_APPLICABLE;
    const followed = new Set(shards?.map(({ master }) => JSON.stringify(master)));
    const known = masters.flatMap((master) => {
      if (!isInZone(master) || isVariable(master.zone)) return [];
      return shards && !followed.has(JSON.stringify(master.host)) ? [] : [master];
    });
    if (known.length === 0) return NOT_APPLICABLE;
    const [only, ...others] = zones;
    const beside = known.filter(({ zone }) => others.length === 0 && zone === only);
    if (beside.length === 0) return [];
    const hosts = beside.map(({ host }) => (isVariable(host) ? `\${var.${host.variable}}` : host));
    return [
      `A replica of ${hosts.join(" or ")} can only be in ${only}, the zone of its master: if this zone fails, no copy of the shard is left.`,
    ];
  },
};
