import { listOf, showGib, withMemory } from "./facts";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** A fallback that is too small fails when it is needed. */
export const smallOnDemandType: ReviewRule = {
  severity: "warning",
  keys: ["instanceTypes.onDemand"],
  when: "an on-demand type has less memory than a spot type, or than `resourceRequirements` require",
  remedy:
    "Use types in `instanceTypes.onDemand` with as much memory as the largest of `spot`, or `minMemory`.",
  check({ onDemand, spot, config: { instanceTypes } }) {
    const own = withMemory(onDemand ?? []);
    const { minMemory } = instanceTypes.resourceRequirements ?? {};
    if (own.length === 0 || (minMemory ?? spot) === undefined) return NOT_APPLICABLE;
    const killed = "A replica with more data is OOM-killed when it falls back to on-demand.";
    return own.flatMap(({ type, gib }) => {
      const has = `${type} has ${showGib(gib)}`;
      if (minMemory !== undefined)
        return minMemory <= gib
          ? []
          : [`${has}, and spot instances have at least ${showGib(minMemory)}. ${killed}`];
      const larger = withMemory(spot ?? []).filter((each) => each.gib > gib);
      return larger.length === 0
        ? []
        : [`${has}, less than ${listOf(larger.map((each) => each.type))}. ${killed}`];
    });
  },
};
