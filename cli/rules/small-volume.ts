import { SYSTEM_GIB } from "../../constructs/redis/default-root-volume";
import { assumedGib, showGib } from "./facts";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** The old RDB file stays until the new one is complete. */
const COPIES = 2;

export const smallVolume: ReviewRule = {
  severity: "warning",
  keys: ["dataVolume", "rootVolume", "instanceTypes"],
  when: "the root volume (or `dataVolume`) is too small for a full resync of the data (without a size of the data: three quarters of the smallest type's memory)",
  remedy: "Raise the `size` of `rootVolume` (or `dataVolume`).",
  check({ types, data, rootVolume, dataVolume }) {
    const gib = assumedGib({ data, types });
    const size = (dataVolume ?? rootVolume)?.size;
    if (gib === undefined || size === undefined) return NOT_APPLICABLE;
    const copies = COPIES * gib;
    const needed = dataVolume ? copies : SYSTEM_GIB + copies;
    if (size >= needed) return [];
    const [volume, users] = dataVolume
      ? ["data volume", "A full resync needs"]
      : ["root volume", "The system and a full resync need"];
    return [
      `The ${volume} has ${showGib(size)}. ${users} ${showGib(Math.ceil(needed))}, and a full disk stops the replica.`,
    ];
  },
};
