import { type ReviewRule } from "./rule";

export const unencryptedVolume: ReviewRule = {
  severity: "warning",
  keys: ["dataVolume.encrypted", "dataVolume", "rootVolume.encrypted", "rootVolume"],
  when: "the volume with the data is not encrypted",
  remedy: "Set `rootVolume.encrypted: true` (or `dataVolume.encrypted`).",
  check({ rootVolume, dataVolume }) {
    const isEncrypted = (dataVolume ?? rootVolume)?.encrypted ?? false;
    if (isEncrypted) return [];
    return [
      `The ${dataVolume ? "data" : "root"} volume holds the data and is not encrypted, and neither are its snapshots and images.`,
    ];
  },
};
