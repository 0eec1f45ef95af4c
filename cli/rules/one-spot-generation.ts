import { NOT_APPLICABLE, type Rule } from "./rule";

/** Older generations are asked for less. */
export const oneSpotGeneration: Rule = {
  severity: "note",
  when: "all spot types are of one generation",
  remedy: "add types of another generation, such as r5 beside r6i",
  judge({ spot }) {
    if (spot === undefined || spot.length < 2) return NOT_APPLICABLE;
    const generations = new Set(spot.map((type) => /^[a-z]+(\d+)/.exec(type)?.[1] ?? type));
    return generations.size === 1
      ? [`all spot types are of generation ${[...generations][0]}, which everybody wants at the same time`]
      : [];
  },
};
