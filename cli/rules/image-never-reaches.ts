import { type Rule } from "./rule";

export const imageNeverReaches: Rule = {
  severity: "note",
  when: "the root volume is kept",
  remedy: "replace a replica with a fresh root to bring it a new image",
  judge: ({ keepsRoot }) =>
    keepsRoot
      ? [
          "another `imageId` never reaches a replica that keeps its root volume, its security updates included",
        ]
      : [],
};
