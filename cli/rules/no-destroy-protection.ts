import { type ReviewRule } from "./rule";

/** Destroying a group deletes its replicas' volumes and addresses. */
export const noDestroyProtection: ReviewRule = {
  severity: "warning",
  keys: ["protect"],
  when: "Terraform may destroy the group",
  remedy: "In production, set `protect: true`.",
  check: ({ config: { protect } }) => (protect ? [] : ["Terraform can destroy the group with its volumes."]),
};
