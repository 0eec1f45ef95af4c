import { NOT_APPLICABLE, type ReviewRule } from "./rule";

const ENOUGH = 3;

/** Each type in each zone is a capacity pool of its own. */
export const fewSpotTypes: ReviewRule = {
  severity: "warning",
  keys: ["instanceTypes.spot"],
  when: "there are fewer than three spot types",
  remedy: "List at least 3 types in `instanceTypes.spot`.",
  check({ spot }) {
    if (spot === undefined) return NOT_APPLICABLE;
    const noun = spot.length === 1 ? "type" : "types";
    return spot.length < ENOUGH ? [`With ${spot.length} spot ${noun}, capacity is often unavailable.`] : [];
  },
};
