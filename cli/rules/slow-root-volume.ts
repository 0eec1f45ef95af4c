import { SHARE, showGib, withMemory } from "./facts";
import { NOT_APPLICABLE, type Rule } from "./rule";

/** Minutes. */
const ENOUGH = 5;

/** A recovered boot begins with loading the data from the disk. */
export const slowRootVolume: Rule = {
  severity: "note",
  when: "reading the data from its volume (three quarters of the smallest type unless it is said) takes more than five minutes",
  remedy: "raise `throughput` (and `iops`) of `rootVolume` (or `dataVolume`)",
  judge({ data, types, rootVolume, dataVolume }) {
    const sizes = withMemory(types).map(({ gib }) => gib * SHARE);
    const gib = data?.gib ?? (sizes.length > 0 ? Math.min(...sizes) : undefined);
    const throughput = (dataVolume ?? rootVolume)?.throughput;
    if (gib === undefined || throughput === undefined) return NOT_APPLICABLE;
    const minutes = (gib * 1024) / throughput / 60;
    return minutes <= ENOUGH
      ? []
      : [
          `at ${throughput} MiB/s a replica reads ${showGib(gib)}${data ? "" : " (a full machine's)"} for ${Math.round(minutes)} minutes before it is back`,
        ];
  },
};
