import { showGib, withMemory } from "./facts";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** A replica holds all of its master's data. */
export const memoryBelowData: ReviewRule = {
  severity: "warning",
  keys: ["instanceTypes"],
  when: "a type has less memory than the masters' data (`--memory`, or `redis.maxMemory`)",
  remedy: "Use larger types.",
  check({ types, data }) {
    const known = withMemory(types);
    if (data === undefined || known.length === 0) return NOT_APPLICABLE;
    return known
      .filter(({ gib }) => gib < data.gib)
      .map(
        ({ type, gib }) =>
          `${type} has ${showGib(gib)}, and the data takes ${showGib(data.gib)} (${data.source}): a full resync fails on it.`,
      );
  },
};
