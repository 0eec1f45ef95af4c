import { REDIS_PORT } from "../../constructs/access/redis-ports";
import { type ReviewRule } from "./rule";

export const noAuth: ReviewRule = {
  severity: "warning",
  keys: ["redis.port", "securityGroupIds", "network"],
  when: "no password is set (always: AUTH and TLS are not supported yet)",
  remedy:
    "Restrict the security groups to the cluster and its clients. Then add this rule to `review.ignore`, with that as the reason.",
  check: ({ config }) => [
    `No password is set: any client that can reach port ${config.redis?.port ?? REDIS_PORT} can read and delete all data. AUTH and TLS are not supported yet.`,
  ],
};
