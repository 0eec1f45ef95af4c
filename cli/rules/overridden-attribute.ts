import { listOf } from "./facts";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** Attributes with a key are refused. */
export const overriddenAttribute: ReviewRule = {
  severity: "warning",
  keys: ["overrides"],
  when: "`overrides` sets attributes of the group",
  remedy: "Check the first plan for them, and that the plan after the apply is empty; or remove `overrides`.",
  check({ config: { overrides } }) {
    if (overrides === undefined) return NOT_APPLICABLE;
    const names = Object.keys(overrides);
    return names.length === 0
      ? []
      : [`\`overrides\` sets ${listOf(names)} after all checks: no rule sees these values.`];
  },
};
