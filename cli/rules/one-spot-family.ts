import { NOT_APPLICABLE, type Rule } from "./rule";

/** Sizes of a family share their hosts, so they run out together. */
export const oneSpotFamily: Rule = {
  severity: "warning",
  when: "all spot types are of one family",
  remedy: "add types of other families, such as r6a beside r6i",
  judge({ spot }) {
    if (spot === undefined || spot.length < 2) return NOT_APPLICABLE;
    const families = new Set(spot.map((type) => type.split(".")[0]));
    return families.size === 1 ? [`all spot types are ${[...families][0]}: one shortage meets them all`] : [];
  },
};
