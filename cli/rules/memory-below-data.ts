import { showGib, withMemory } from "./facts";
import { NOT_APPLICABLE, type Rule } from "./rule";

/** A replica holds all of its master's data. */
export const memoryBelowData: Rule = {
  severity: "warning",
  when: "a type has less memory than the masters' data takes (`--memory`, or `redis.maxMemory`)",
  remedy: "take larger types",
  judge({ types, data }) {
    const known = withMemory(types);
    if (data === undefined || known.length === 0) return NOT_APPLICABLE;
    return known
      .filter(({ gib }) => gib < data.gib)
      .map(
        ({ type, gib }) =>
          `${type} has ${showGib(gib)}, and ${data.source} says ${showGib(data.gib)}: no full resync can end on it`,
      );
  },
};
