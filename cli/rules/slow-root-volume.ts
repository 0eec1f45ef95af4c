import { showGib } from "./facts";
import { NOT_APPLICABLE, type Rule } from "./rule";

/** Minutes. */
const ENOUGH = 5;

/** A recovered boot begins with loading the data from the disk. */
export const slowRootVolume: Rule = {
  severity: "note",
  when: "reading the data from the root volume takes more than five minutes",
  remedy: "raise `throughput` (and `iops`) of `rootVolume`",
  judge({ data, rootVolume }) {
    if (data === undefined || rootVolume === undefined) return NOT_APPLICABLE;
    const { throughput } = rootVolume;
    if (throughput === undefined) return NOT_APPLICABLE;
    const minutes = (data.gib * 1024) / throughput / 60;
    return minutes <= ENOUGH
      ? []
      : [
          `at ${throughput} MiB/s a replica reads ${showGib(data.gib)} for ${Math.round(minutes)} minutes before it is back`,
        ];
  },
};
