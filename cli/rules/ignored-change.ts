import { listOf } from "./facts";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** No plan shows what is ignored. */
export const ignoredChange: ReviewRule = {
  severity: "note",
  keys: ["ignoreChanges"],
  when: "Terraform ignores changes of attributes (`ignoreChanges`)",
  remedy: "Remove an attribute from `ignoreChanges` when its change is to be applied.",
  check: ({ config: { ignoreChanges } }) =>
    ignoreChanges === undefined
      ? NOT_APPLICABLE
      : [`Later changes of ${listOf(ignoreChanges)} do not reach the group, and no plan shows them.`],
};
