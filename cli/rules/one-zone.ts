import { NOT_APPLICABLE, type Rule } from "./rule";

/** A zone without spot capacity, or without power, takes all replicas at once. */
export const oneZone: Rule = {
  severity: "warning",
  when: "all replicas are in one zone",
  remedy: "give `availabilityZones` a second zone",
  judge({ zones }) {
    if (zones === undefined) return NOT_APPLICABLE;
    return zones.length === 1 ? [`all replicas are in ${zones[0]}, and all are gone with it`] : [];
  },
};
