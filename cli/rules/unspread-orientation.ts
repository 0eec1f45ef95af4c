import { NOT_APPLICABLE, type Rule } from "./rule";

/** Spot picks markets, and a market is a type in a zone. */
export const unspreadOrientation: Rule = {
  severity: "note",
  when: "several zones, and an orientation that does not spread over them",
  remedy: "set `strategy.orientation: equalZones`",
  judge({ zones, orientation, keepsAddress }) {
    if (zones === undefined) return NOT_APPLICABLE;
    if (zones.length < 2 || orientation === "equalZones") return [];
    const stay = keepsAddress ? ", and each stays there with its address" : "";
    return [`\`${orientation}\` may put all replicas into one of the ${zones.length} zones${stay}`];
  },
};
