import { type Rule } from "./rule";

export const unencryptedRootVolume: Rule = {
  severity: "warning",
  when: "the volume that has the data is not encrypted, or as the image says",
  remedy: "set `rootVolume.encrypted: true` (or that of `dataVolume`)",
  judge({ rootVolume, dataVolume }) {
    const volume = dataVolume ?? rootVolume;
    if (volume?.encrypted) return [];
    return [
      volume === undefined
        ? "the root volume is encrypted only if the image or the account says so, and it holds the data"
        : `the ${dataVolume ? "data" : "root"} volume is not encrypted, nor are its snapshots and images, and they hold the data`,
    ];
  },
};
