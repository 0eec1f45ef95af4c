import { type Rule } from "./rule";

export const noAuth: Rule = {
  severity: "warning",
  when: "the replicas ask for no password (always: AUTH and TLS are not supported yet)",
  remedy: "let nobody but the cluster and its clients in by the security groups",
  judge: ({ config }) => [
    `whoever reaches port ${config.redis?.port ?? 6379} reads and deletes everything; replicas speak no AUTH and no TLS yet`,
  ],
};
