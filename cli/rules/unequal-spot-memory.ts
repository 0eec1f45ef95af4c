import { showGib, withMemory } from "./facts";
import { NOT_APPLICABLE, type Rule } from "./rule";

/** Spot picks any of them for a replacement. */
export const unequalSpotMemory: Rule = {
  severity: "warning",
  when: "the spot types differ in memory",
  remedy: "list types with the same memory in `instanceTypes.spot`",
  judge({ spot }) {
    const known = withMemory(spot ?? []);
    if (known.length < 2) return NOT_APPLICABLE;
    const sizes = known.map(({ gib }) => gib);
    const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
    return least === most
      ? []
      : [
          `a replacement may get ${showGib(least)} where the one before had ${showGib(most)}, and the smallest decides what fits`,
        ];
  },
};
