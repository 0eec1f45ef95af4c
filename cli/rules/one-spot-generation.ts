import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** Demand differs by generation. */
export const oneSpotGeneration: ReviewRule = {
  severity: "note",
  keys: ["instanceTypes.spot"],
  when: "all spot types are of one generation",
  remedy: "Add types of another generation, such as r5 beside r6i.",
  check({ spot }) {
    if (spot === undefined || spot.length < 2) return NOT_APPLICABLE;
    const generations = new Set(spot.map((type) => /^[a-z]+(\d+)/.exec(type)?.[1] ?? type));
    return generations.size === 1
      ? [`All spot types are of generation ${[...generations][0]}: they are often scarce at the same time.`]
      : [];
  },
};
