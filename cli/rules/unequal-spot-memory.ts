import { showGib, withMemory } from "./facts";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** Spot picks any of them for a replacement. */
export const unequalSpotMemory: ReviewRule = {
  severity: "warning",
  keys: ["instanceTypes.spot"],
  when: "the spot types differ in memory",
  remedy: "List types with the same memory in `instanceTypes.spot`.",
  check({ spot }) {
    const known = withMemory(spot ?? []);
    if (known.length < 2) return NOT_APPLICABLE;
    const sizes = known.map(({ gib }) => gib);
    const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
    return least === most
      ? []
      : [
          `A replacement can have ${showGib(least)} of memory where the instance before had ${showGib(most)}. The data must fit into the smaller one.`,
        ];
  },
};
