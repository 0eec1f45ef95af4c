import { type Rule } from "./rule";

export const noDescription: Rule = {
  severity: "note",
  when: "the group has no description of its own",
  remedy: "set `description`",
  judge: ({ config: { description } }) =>
    description === undefined
      ? ["in Spot's console the group is described as Redis Cluster replicas, like any other made here"]
      : [],
};
