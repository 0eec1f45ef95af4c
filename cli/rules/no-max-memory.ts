import { type ReviewRule } from "./rule";

export const noMaxMemory: ReviewRule = {
  severity: "note",
  keys: ["redis.maxMemory", "redis", "failover"],
  when: "a replica may be promoted and has no `maxmemory`",
  remedy: "Set `redis.maxMemory` to the masters' value.",
  check: ({ config: { failover = "allowed", redis = {} } }) =>
    failover === "allowed" && redis.maxMemory === undefined
      ? ["A promoted replica can be OOM-killed: no memory limit is set."]
      : [],
};
