import { listOf, showGib, withMemory } from "./facts";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** A fallback that is too small fails when it is needed. */
export const smallOnDemandType: ReviewRule = {
  severity: "warning",
  keys: ["instanceTypes.onDemand"],
  when: "the on-demand type has less memory than a spot type, or than `resourceRequirements` require",
  remedy: "Use an `instanceTypes.onDemand` with as much memory as the largest of `spot`, or `minMemory`.",
  check({ onDemand, spot, config: { instanceTypes } }) {
    const [own] = withMemory(onDemand === undefined ? [] : [onDemand]);
    if (!own) return NOT_APPLICABLE;
    const killed = "A replica with more data is OOM-killed when it falls back to on-demand.";
    const { minMemory } = instanceTypes.resourceRequirements ?? {};
    if (minMemory !== undefined) {
      return minMemory <= own.gib
        ? []
        : [
            `${own.type} has ${showGib(own.gib)}, and spot instances have at least ${showGib(minMemory)}. ${killed}`,
          ];
    }
    if (spot === undefined) return NOT_APPLICABLE;
    const larger = withMemory(spot).filter(({ gib }) => gib > own.gib);
    return larger.length === 0
      ? []
      : [
          `${own.type} has ${showGib(own.gib)}, less than ${listOf(larger.map(({ type }) => type))}. ${killed}`,
        ];
  },
};
