import { NOT_APPLICABLE, type ReviewRule } from "./rule";

export const oneZone: ReviewRule = {
  severity: "warning",
  keys: ["availabilityZones"],
  when: "all replicas are in one zone",
  remedy: "Add a second zone to `availabilityZones`.",
  check({ zones }) {
    if (zones === undefined) return NOT_APPLICABLE;
    return zones.length === 1 ? [`All replicas are in ${zones[0]} and fail together with it.`] : [];
  },
};
