import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** The sizes of a family share hosts. */
export const oneSpotFamily: ReviewRule = {
  severity: "warning",
  keys: ["instanceTypes.spot"],
  when: "all spot types are of one family",
  remedy: "Add types of other families, such as r6a beside r6i.",
  check({ spot }) {
    if (spot === undefined || spot.length < 2) return NOT_APPLICABLE;
    const families = new Set(spot.map((type) => type.split(".")[0]));
    return families.size === 1
      ? [`All spot types are of family ${[...families][0]}: one shortage affects all of them.`]
      : [];
  },
};
