import { showGib } from "./facts";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** Spot picks the cheapest or most available of all types that match, which often is the smallest. */
export const requirementsBelowData: ReviewRule = {
  severity: "warning",
  keys: ["instanceTypes.resourceRequirements.minMemory"],
  when: "`resourceRequirements` allow less memory than the masters' data takes",
  remedy: "Raise `minMemory` of `instanceTypes.resourceRequirements`.",
  check({ data, config: { instanceTypes } }) {
    const { minMemory } = instanceTypes.resourceRequirements ?? {};
    if (data === undefined || typeof minMemory !== "number") return NOT_APPLICABLE;
    return minMemory < data.gib
      ? [
          `Instances with ${showGib(minMemory)} are allowed, and the data takes ${showGib(data.gib)} (${data.source}).`,
        ]
      : [];
  },
};
