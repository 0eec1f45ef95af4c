import { type Rule } from "./rule";

export const unencryptedRootVolume: Rule = {
  severity: "warning",
  when: "the root volume is not encrypted, or as the image says",
  remedy: "set `rootVolume.encrypted: true`",
  judge({ rootVolume }) {
    if (rootVolume?.encrypted) return [];
    return [
      rootVolume === undefined
        ? "the root volume is encrypted only if the image or the account says so, and it holds the data"
        : "the root volume is not encrypted, nor are its snapshots and images, and they hold the data",
    ];
  },
};
