import { RULES } from "./index";

/** Where the list of rules is checked in. */
export const RULES_PAGE = "docs/rules.md";

/** The list of all rules, before prettier has lined its columns up. */
export function rulesPage(): string {
  const rows = [...RULES].map(
    ([id, { severity, when, remedy }]) => `| \`${id}\` | ${severity} | ${when} | ${remedy} |`,
  );
  return [
    "# Rules of `review`",
    "",
    "What a valid config may say at a price. A warning costs availability, data or safety; a note is a fact that",
    "surprises. Neither changes the exit status. `review --json` has them as `findings`, with how every rule ended under",
    "`rules`: `warns`, `fine`, `ignored`, or `not applicable` where only Terraform knows the values or nobody said them.",
    "",
    "| rule | severity | when | what to do |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
    "`review --memory 12gb` says what the masters' data takes, for the rules about memory and disk; `redis.maxMemory` counts",
    "unless told. A rule that does not count for a cluster is left out with a reason, for whoever reads it next:",
    "",
    "```yaml",
    "review:",
    "  ignore:",
    "    - { rule: one-zone, reason: the cluster is in one zone too }",
    "```",
    "",
    "This page is written by `npm run rules-page`.",
    "",
  ].join("\n");
}
