import { type Rule } from "./rule";

export const alwaysBackToSpot: Rule = {
  severity: "warning",
  when: "a fallback returns to spot at any time",
  remedy: "set `strategy.revertToSpot` to windows, or to never",
  judge: ({ config: { strategy = {} } }) =>
    strategy.revertToSpot === "always"
      ? [
          "each return to spot is a replacement, and `always` lets it happen at peak hours, to several at once",
        ]
      : [],
};
