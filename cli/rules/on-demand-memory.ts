import { listOf, showGib, withMemory } from "./facts";
import { NOT_APPLICABLE, type Rule } from "./rule";

/** A fallback that is too small fails exactly when there is no spot capacity. */
export const onDemandMemory: Rule = {
  severity: "warning",
  when: "the on-demand type has less memory than a spot type",
  remedy: "take an `instanceTypes.onDemand` with as much memory as the largest of `spot`",
  judge({ onDemand, spot }) {
    const [own] = withMemory(onDemand === undefined ? [] : [onDemand]);
    if (!own || spot === undefined) return NOT_APPLICABLE;
    const larger = withMemory(spot).filter(({ gib }) => gib > own.gib);
    return larger.length === 0
      ? []
      : [
          `${own.type} has ${showGib(own.gib)}, less than ${listOf(larger.map(({ type }) => type))}: a replica that outgrew it dies of memory when it falls back`,
        ];
  },
};
