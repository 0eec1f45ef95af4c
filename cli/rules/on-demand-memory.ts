import { listOf, showGib, withMemory } from "./facts";
import { NOT_APPLICABLE, type Rule } from "./rule";

/** A fallback that is too small fails exactly when there is no spot capacity. */
export const onDemandMemory: Rule = {
  severity: "warning",
  when: "the on-demand type has less memory than a spot type, or than `resourceRequirements` ask for",
  remedy: "take an `instanceTypes.onDemand` with as much memory as the largest of `spot`, or `minMemory`",
  judge({ onDemand, spot, config: { instanceTypes } }) {
    const [own] = withMemory(onDemand === undefined ? [] : [onDemand]);
    if (!own) return NOT_APPLICABLE;
    const { minMemory } = instanceTypes.resourceRequirements ?? {};
    if (minMemory !== undefined) {
      return minMemory <= own.gib
        ? []
        : [
            `${own.type} has ${showGib(own.gib)}, and spot machines at least ${showGib(minMemory)}: a replica that outgrew it dies of memory when it falls back`,
          ];
    }
    if (spot === undefined) return NOT_APPLICABLE;
    const larger = withMemory(spot).filter(({ gib }) => gib > own.gib);
    return larger.length === 0
      ? []
      : [
          `${own.type} has ${showGib(own.gib)}, less than ${listOf(larger.map(({ type }) => type))}: a replica that outgrew it dies of memory when it falls back`,
        ];
  },
};
