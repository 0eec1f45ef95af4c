import { RULES } from "./index";

/** Where the list of rules is checked in. */
export const RULES_PAGE = "docs/rules.md";

/** The list of all rules, before prettier has lined its columns up. */
export function rulesPage(): string {
  const rows = [...RULES].map(
    ([id, { severity, when, remedy }]) => `| \`${id}\`<br>${severity} | ${when} | ${remedy} |`,
  );
  return [
    "# Rules of `review`",
    "",
    "Valid choices that cost availability, data or safety. A warning costs one of these; a note is a fact that is easily",
    "overlooked. Neither changes the exit code. `review --json` has them as `findings`, and the result of every rule under",
    "`rules`: `finding`, `passed`, `ignored`, or `not_applicable` where the config does not set the value or only Terraform",
    "knows it.",
    "",
    "| rule | when | what to do |",
    "| --- | --- | --- |",
    ...rows,
    "",
    "`review --memory 12gb` sets the size of the masters' data for the rules about memory and volumes. The default is",
    "`redis.maxMemory`. A rule that does not apply to a cluster can be ignored, with a reason for the next reader:",
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
