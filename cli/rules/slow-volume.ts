import { assumedGib, showGib } from "./facts";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** Minutes. */
const ENOUGH = 5;

/** A replacement starts by loading the data from disk. */
export const slowVolume: ReviewRule = {
  severity: "note",
  keys: ["dataVolume", "rootVolume", "instanceTypes"],
  when: "loading the data from its volume takes more than five minutes (without a size of the data: three quarters of the smallest type's memory)",
  remedy: "Raise `throughput` (and `iops`) of `rootVolume` (or `dataVolume`).",
  check({ data, types, rootVolume, dataVolume }) {
    const gib = assumedGib({ data, types });
    const throughput = (dataVolume ?? rootVolume)?.throughput;
    if (gib === undefined || throughput === undefined) return NOT_APPLICABLE;
    const minutes = (gib * 1024) / throughput / 60;
    return minutes <= ENOUGH
      ? []
      : [
          `At ${throughput} MiB/s a replacement loads ${showGib(gib)}${data ? "" : " (a full instance)"} for ${Math.round(minutes)} minutes.`,
        ];
  },
};
