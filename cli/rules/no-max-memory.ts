import { type Rule } from "./rule";

export const noMaxMemory: Rule = {
  severity: "note",
  when: "a replica may be promoted and has no `maxmemory`",
  remedy: "set `redis.maxMemory` to the masters' value",
  judge: ({ config: { failover = "allowed", redis = {} } }) =>
    failover === "allowed" && redis.maxMemory === undefined
      ? [
          "a promoted replica takes memory until the system ends it, where its master would have evicted or refused",
        ]
      : [],
};
