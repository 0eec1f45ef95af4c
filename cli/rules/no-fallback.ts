import { type Rule } from "./rule";

export const noFallback: Rule = {
  severity: "warning",
  when: "no on-demand instance takes over without spot capacity",
  remedy: "set `strategy.fallbackToOnDemand: true`",
  judge: ({ config: { strategy = {} } }) =>
    strategy.fallbackToOnDemand === false
      ? ["without spot capacity a replica is missing until there is, hours perhaps"]
      : [],
};
