import { type Rule } from "./rule";

export const rootVolumeNotKept: Rule = {
  severity: "warning",
  when: "a replacement starts from the image",
  remedy: "keep `persistence.rootVolume`",
  judge: ({ keepsRoot }) =>
    keepsRoot
      ? []
      : [
          "every replacement is a new node: a full resync, and an old node in the cluster's list until CLUSTER FORGET",
        ],
};
