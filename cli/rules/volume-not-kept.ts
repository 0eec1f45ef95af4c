import { type ReviewRule } from "./rule";

export const volumeNotKept: ReviewRule = {
  severity: "warning",
  keys: ["persistence.dataVolume", "persistence.rootVolume"],
  when: "a replacement starts without the volume that has the data",
  remedy: "Set `persistence.rootVolume: true` (or `persistence.dataVolume`, with a data volume).",
  check: ({ keepsData }) =>
    keepsData
      ? []
      : [
          "Every replacement joins as a new node with a full resync. The cluster lists the old node until CLUSTER FORGET.",
        ],
};
