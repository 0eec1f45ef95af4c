import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** Spot picks capacity pools, and a pool is a type in a zone. */
export const zoneSpreadNotEnforced: ReviewRule = {
  severity: "note",
  keys: ["strategy.orientation", "availabilityZones"],
  when: "there are several zones, and the orientation does not spread replicas over them",
  remedy: "Set `strategy.orientation: equalZones`.",
  check({ zones, orientation, keepsAddress }) {
    if (zones === undefined) return NOT_APPLICABLE;
    if (zones.length < 2 || orientation === "equalZones") return [];
    const stay = keepsAddress ? ", where each then stays with its address" : "";
    return [
      `With \`${orientation}\` Spot can place all replicas into one of the ${zones.length} zones${stay}.`,
    ];
  },
};
