import { type ReviewRule } from "./rule";

export const revertToSpotAnytime: ReviewRule = {
  severity: "warning",
  keys: ["strategy.revertToSpot"],
  when: "replicas on an on-demand fallback return to spot at any time",
  remedy: "Set `strategy.revertToSpot` to time windows, or to `never`.",
  check: ({ config: { strategy = {} } }) =>
    strategy.revertToSpot === "always"
      ? [
          "Each return to spot replaces the replica. With `always` this can happen at peak hours and to several at once.",
        ]
      : [],
};
