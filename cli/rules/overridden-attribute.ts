import { listOf } from "./facts";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** The escape hatch is meant for what has no key. */
export const overriddenAttribute: ReviewRule = {
  severity: "warning",
  keys: ["overrides"],
  when: "`overrides` sets attributes of the group",
  remedy: "Check each plan for them, and use a key of the config file where there is one.",
  check({ config: { overrides } }) {
    if (overrides === undefined) return NOT_APPLICABLE;
    const names = Object.keys(overrides);
    return names.length === 0
      ? []
      : [`\`overrides\` sets ${listOf(names)} after all checks: no rule sees these values.`];
  },
};
