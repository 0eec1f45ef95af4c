import { SHARE, showGib, withMemory } from "./facts";
import { NOT_APPLICABLE, type Rule } from "./rule";

/** GiB of the system, Redis and its build. */
const SYSTEM = 8;

/** The data of before stays until the new is whole. */
const COPIES = 2;

/** Of the volume that has the data. A resync is written to the disk beside the data of before. */
export const smallRootVolume: Rule = {
  severity: "warning",
  when: "the root volume (or `dataVolume`) cannot hold a full resync of a type's memory, or its size is the image's",
  remedy: "give `rootVolume` (or `dataVolume`) a larger size",
  judge({ types, data, rootVolume, dataVolume }) {
    const memory = data === undefined ? withMemory(types).map(({ gib }) => gib) : [data.gib];
    if (memory.length === 0) return NOT_APPLICABLE;
    const copies = COPIES * (data === undefined ? Math.min(...memory) * SHARE : data.gib);
    const needed = dataVolume ? copies : SYSTEM + copies;
    const volume = dataVolume ?? rootVolume;
    if (volume?.sizeIsVariable) return NOT_APPLICABLE;
    const size = volume?.size;
    if (size !== undefined && size >= needed) return [];
    const has = size === undefined ? "is as large as the image says, often 8 GiB" : `has ${showGib(size)}`;
    return [
      `the ${dataVolume ? "data volume" : "root volume"} ${has}; ${dataVolume ? "a full resync needs" : "the system and a full resync need"} ${showGib(Math.ceil(needed))}, and a full disk ends the replica`,
    ];
  },
};
