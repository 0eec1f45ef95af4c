import { NOT_APPLICABLE, type Rule } from "./rule";

const ENOUGH = 3;

/** Each type in each zone is a market of its own. */
export const fewSpotTypes: Rule = {
  severity: "warning",
  when: "there are fewer than three spot types",
  remedy: "list at least 3 in `instanceTypes.spot`",
  judge({ spot }) {
    if (spot === undefined) return NOT_APPLICABLE;
    const noun = spot.length === 1 ? "type" : "types";
    return spot.length < ENOUGH ? [`with ${spot.length} spot ${noun} capacity runs out often`] : [];
  },
};
