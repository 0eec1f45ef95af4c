import { type ReviewRule } from "./rule";

export const noTls: ReviewRule = {
  severity: "warning",
  keys: ["redis.port", "securityGroupIds", "network"],
  when: "TLS is not set up",
  remedy: "Set `tls`, and TLS for clients, replication and the cluster bus at the masters.",
  check: ({ config: { tls } }) =>
    tls === undefined
      ? [
          "TLS is not set up: data travels in clear text, and no node can prove to another that it is part of the cluster.",
        ]
      : [],
};
