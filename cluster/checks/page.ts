import { CHECKS } from "./index";

/** Where the list of rules is checked in. */
export const CHECKS_PAGE = "docs/checks.md";

/** The list of all rules, before prettier has lined its columns up. */
export function checksPage(): string {
  const rows = [...CHECKS].map(
    ([id, { severity, when, why }]) => `| \`${id}\`<br>${severity} | ${when} | ${why} |`,
  );
  return [
    "# Rules of `check`",
    "",
    "`redis-elastigroup check` asks the running cluster and the Spot API, and changes nothing. Run it before a deployment, and",
    "at any time after it. Each finding has what was seen, what it costs, and what to do, as a command where there is one.",
    "",
    "An error prevents replicas from working, or loses data. A warning costs availability or safety. A note is a fact that is",
    "easily overlooked. With an error, a warning, or a fact that could not be read, the exit code is 2. If no master answers, it",
    "is 1, and each master's reason is one line on stderr. `check --json` has the findings, and the result of every rule under",
    "`rules`: `finding`, `passed`, `not_checked`, or `not_applicable` where the config does not use what the rule is about.",
    "",
    "A fact that could not be read is never taken for a good one: its rules are listed under `Could not be checked`, with the",
    "reason. Rules that lack only something of the command line or of the config, such as the credentials of Spot, are notes",
    "there. The user that `check` logs in as (`--user`) needs the rights `+info +config|get +cluster|nodes +cluster|info`,",
    "and for the rules about users and modules `+acl|list +acl|dryrun +module|list`.",
    "",
    "| rule | when | why |",
    "| --- | --- | --- |",
    ...rows,
    "",
    "This page is written by `npm run checks-page`.",
    "",
  ].join("\n");
}
