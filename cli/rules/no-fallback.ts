import { type ReviewRule } from "./rule";

export const noFallback: ReviewRule = {
  severity: "warning",
  keys: ["strategy.fallbackToOnDemand"],
  when: "no on-demand instance takes over without spot capacity",
  remedy: "Set `strategy.fallbackToOnDemand: true`.",
  check: ({ config: { strategy = {} } }) =>
    strategy.fallbackToOnDemand === false
      ? ["Without spot capacity a replica is missing, possibly for hours."]
      : [],
};
