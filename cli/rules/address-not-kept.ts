import { type ReviewRule } from "./rule";

export const addressNotKept: ReviewRule = {
  severity: "warning",
  keys: ["persistence.privateIp"],
  when: "a replacement gets another private IP",
  remedy: "Set `persistence.privateIp: true`.",
  check: ({ keepsAddress }) =>
    keepsAddress ? [] : ["After every replacement the cluster and its clients must learn a new address."],
};
