import { type Rule } from "./rule";

/** A destroyed group takes its replicas' volumes and addresses along. */
export const unprotected: Rule = {
  severity: "warning",
  when: "Terraform may destroy the group",
  remedy: "in production, set `protect: true`",
  judge: ({ config: { protect } }) => (protect ? [] : ["Terraform may destroy the group with its volumes"]),
};
