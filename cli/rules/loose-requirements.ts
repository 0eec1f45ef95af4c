import { showGib } from "./facts";
import { NOT_APPLICABLE, type Rule } from "./rule";

/** Spot picks the cheapest or likeliest of all types that comply, and the smallest often is that. */
export const looseRequirements: Rule = {
  severity: "warning",
  when: "`resourceRequirements` allow less memory than the masters' data takes",
  remedy: "raise `instanceTypes.resourceRequirements.minMemory`",
  judge({ data, config: { instanceTypes } }) {
    const { minMemory } = instanceTypes.resourceRequirements ?? {};
    if (data === undefined || typeof minMemory !== "number") return NOT_APPLICABLE;
    return minMemory < data.gib
      ? [`a machine of ${showGib(minMemory)} is allowed, and ${data.source} says ${showGib(data.gib)}`]
      : [];
  },
};
