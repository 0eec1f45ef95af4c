import { type Rule } from "./rule";

export const rootVolumeNotKept: Rule = {
  severity: "warning",
  when: "a replacement starts without the volume that has the data",
  remedy: "keep `persistence.rootVolume` (or `persistence.dataVolume`, where there is one)",
  judge: ({ keepsData }) =>
    keepsData
      ? []
      : [
          "every replacement is a new node: a full resync, and an old node in the cluster's list until CLUSTER FORGET",
        ],
};
