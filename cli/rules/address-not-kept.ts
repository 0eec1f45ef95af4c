import { type Rule } from "./rule";

export const addressNotKept: Rule = {
  severity: "warning",
  when: "a replacement gets another private IP",
  remedy: "keep `persistence.privateIp`",
  judge: ({ keepsAddress }) =>
    keepsAddress ? [] : ["the cluster and its clients must learn a new address at every replacement"],
};
