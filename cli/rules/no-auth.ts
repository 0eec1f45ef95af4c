import { REDIS_PORT } from "../../constructs/access/redis-ports";
import { type ReviewRule } from "./rule";

export const noAuth: ReviewRule = {
  severity: "warning",
  keys: ["redis.port", "securityGroupIds", "network"],
  when: "no password is set",
  remedy: "Set `auth.password`, and the same password at the masters.",
  check: ({ config: { auth, redis } }) =>
    auth === undefined
      ? [
          `No password is set: any client that can reach port ${redis?.port ?? REDIS_PORT} can read and delete all data.`,
        ]
      : [],
};
