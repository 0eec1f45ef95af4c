import { DATA_SHARE } from "../../constructs/redis/default-root-volume";
import { showGib, withMemory } from "./facts";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** A promoted replica forks to save and to synchronize its own replicas. */
export const lowMemoryHeadroom: ReviewRule = {
  severity: "warning",
  keys: ["redis.maxMemory", "instanceTypes"],
  when: "the masters' data leaves less than a quarter of a type's memory free",
  remedy: "Use larger types, or lower `redis.maxMemory`.",
  check({ types, data }) {
    const known = withMemory(types);
    if (data === undefined || known.length === 0) return NOT_APPLICABLE;
    return known
      .filter(({ gib }) => gib >= data.gib && gib * DATA_SHARE < data.gib)
      .map(
        ({ type, gib }) =>
          `${type} has ${showGib(gib)}. ${showGib(data.gib)} of data (${data.source}) leave too little for buffers, fragmentation and a fork.`,
      );
  },
};
