import { SHARE, showGib, withMemory } from "./facts";
import { NOT_APPLICABLE, type Rule } from "./rule";

/** A promoted replica forks to save and to feed its own replicas. */
export const memoryTight: Rule = {
  severity: "warning",
  when: "a type's memory leaves less than a quarter beside the masters' data",
  remedy: "take larger types, or lower `redis.maxMemory`",
  judge({ types, data }) {
    const known = withMemory(types);
    if (data === undefined || known.length === 0) return NOT_APPLICABLE;
    return known
      .filter(({ gib }) => gib >= data.gib && gib * SHARE < data.gib)
      .map(
        ({ type, gib }) =>
          `of ${showGib(gib)} on ${type}, ${showGib(data.gib)} of data (${data.source}) leave too little for buffers, fragmentation and a fork`,
      );
  },
};
