import { type Answer, map } from "../answer";
import { numberIn } from "../info";
import { type Check, type Finding, NOT_APPLICABLE, skipped, unchecked } from "./check";
import { type NodeFacts } from "./node-facts";
import { showBytes } from "./units";

/** The memory that a master's data takes. */
function usedBy({ name, member }: NodeFacts): Answer<number> {
  return map(member.info, (info) => {
    const used = numberIn(info, "used_memory");
    if (used === undefined) throw new Error(`${name}: INFO has no used_memory`);
    return used;
  });
}

/** As `low-memory-headroom` and `memory-below-data` of `review`, with the data that there is. */
export const insufficientMemory: Check = {
  severity: "warning",
  keys: ["instanceTypes"],
  when: "a master's data leaves less than a quarter of a type's memory free (error: it exceeds the memory)",
  why: "Buffers, the backlog and the pages that are copied during a fork need the rest.",
  check({ masters, expected: { types, dataShare } }) {
    if (masters.length === 0) return NOT_APPLICABLE;
    const answers = masters.map((node) => ({ name: node.name, used: usedBy(node) }));
    const known = answers.flatMap(({ name, used }) => (used.known ? [{ name, used: used.value }] : []));
    const largest = known.reduce((most, each) => (each.used > most.used ? each : most), {
      name: "",
      used: 0,
    });
    const unknown = answers.flatMap(({ used }) => (used.known ? [] : [unchecked(used.reason)]));
    if (types.length === 0) return [skipped("the memory of the instance types is not known here")];
    const findings = types
      .filter(({ bytes }) => bytes * dataShare < largest.used)
      .map(({ type, bytes }): Finding => ({
        seen: `${type} has ${showBytes(bytes)}, and the data of ${largest.name} takes ${showBytes(largest.used)}.`,
        remedy: `Use types with at least ${showBytes(largest.used / dataShare)} in \`instanceTypes\`.`,
        ...(bytes < largest.used ? { severity: "error" } : {}),
      }));
    return [...findings, ...unknown];
  },
};
