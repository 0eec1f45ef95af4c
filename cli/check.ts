import { type Command } from "commander";
import { backlogOf } from "../cluster/checks/short-backlog";
import { evaluate, type Evaluation, type Finding } from "../cluster/checks/evaluation";
import { type Facts, readFacts } from "../cluster/checks/facts";
import { CHECKS } from "../cluster/checks/index";
import { releaseOf, showRelease } from "../cluster/checks/releases";
import { REPLACEMENT_MINUTES } from "../cluster/checks/replacement";
import { showMinutes } from "../cluster/checks/units";
import { loadConfigs, type LoadedConfig } from "../config/load";
import { ConfigError, type Problem } from "../config/problem";
import { type Context, EXIT, type Exit } from "./command";
import { clusterOf, defineConnection, spotIfAny } from "./connect";
import { expectationsOf } from "./expectations";
import { plural, showFinding, type ShownFinding } from "./findings";
import { type Line, styled, wrap } from "./terminal";
import { silenceOf } from "./unanswered";

/** Milliseconds for a request to the Spot API, and again for its retries. */
const SPOT_LIMITS = { timeout: 4000, patience: 4000 };

export function define(command: Command): void {
  defineConnection(command);
  command.addHelpText(
    "after",
    "\nThe cluster and the Spot API are only asked, and nothing is changed. A run takes seconds, since it measures how\nmuch is written. Exits with 2 if there is more than notes, and with 1 if no master answers.",
  );
}

/** Asks the cluster and the Spot API, and prints what would keep replicas from working. */
export async function run({ files, options, output }: Context): Promise<Exit> {
  const loaded = loadConfigs(files);
  const checked = await Promise.all(loaded.map((each) => check(each, options)));
  const problems = checked.flatMap((each) => ("problems" in each ? each.problems : []));
  if (problems.length > 0) throw new ConfigError(problems);
  const reports = checked.flatMap((each) => ("facts" in each ? [each] : []));
  for (const { loaded: config, evaluation } of reports)
    for (const { rule, severity, ...finding } of evaluation.findings.map(shown))
      output.record({
        ...{ file: config.source.file, rule, severity },
        message: `${finding.cause} ${finding.remedy}`,
      });
  output.data(
    reports.flatMap((each, index) => [...(index === 0 ? [] : [""]), ...page(each, output.width)]),
    { clusters: reports.map(toJson) },
  );
  const isFine = reports.every(({ evaluation: { findings, notChecked } }) =>
    [...findings, ...notChecked].every(({ severity }) => severity === "note"),
  );
  return isFine ? EXIT.success : EXIT.differences;
}

interface Report {
  readonly loaded: LoadedConfig;
  readonly facts: Facts;
  readonly evaluation: Evaluation;
}

async function check(
  loaded: LoadedConfig,
  options: Context["options"],
): Promise<Report | { readonly problems: readonly Problem[] }> {
  const cluster = clusterOf(loaded, options);
  try {
    const view = await cluster.look();
    // A server without cluster mode answers INFO, and has a rule.
    const problems = view.members.some(({ info }) => info.known) ? [] : silenceOf(loaded, cluster, view);
    if (problems.length > 0) return { problems };
    const expected = expectationsOf(loaded, options);
    const facts = await readFacts(cluster, view, expected, { spot: spotIfAny(loaded, SPOT_LIMITS) });
    return { loaded, facts, evaluation: evaluate(facts) };
  } finally {
    cluster.close();
  }
}

/** A finding as `review` has them. */
function shown({ seen, why, ...finding }: Finding): ShownFinding {
  return { ...finding, cause: `${seen} ${why}` };
}

function page({ loaded: { config, source }, facts, evaluation }: Report, width: number): Line[] {
  const { findings, notChecked } = evaluation;
  return [
    [styled("bold", `${config.name} (${source.file})`)],
    ...summary(facts).flatMap(([label, text]) => wrap(text, width, `  ${label}`.padEnd(12), " ".repeat(12))),
    "",
    [styled("bold", `Findings: ${count(findings)}`)],
    ...findings.flatMap((finding) => [
      "",
      ...showFinding(shown(finding), CHECKS.get(finding.rule)!.keys, source, width),
    ]),
    ...(notChecked.length === 0 ? [] : ["", [styled("bold", "Could not be checked")] as const]),
    ...notChecked.flatMap(({ reason, severity, rules }) => [
      ...wrap(`${severity}: ${reason}`, width, "  ", "    "),
      ...wrap(`(${rules.join(", ")})`, width, "    "),
    ]),
  ];
}

function summary(facts: Facts): [label: string, text: string][] {
  const releases = facts.masters.flatMap((node) => {
    const release = releaseOf(node);
    return release.known ? [showRelease(release.value)] : [];
  });
  const backlogs = facts.masters.flatMap((node) => {
    const backlog = backlogOf(node);
    return backlog.known ? [backlog.value.minutes] : [];
  });
  return [
    ["masters", [String(facts.masters.length), ...new Set(releases)].join(", ")],
    ["replicas", String(facts.replicas.length)],
    ["backlog", `${coverOf(backlogs)}; a replacement takes up to ${REPLACEMENT_MINUTES} minutes`],
  ];
}

/** What the smallest backlog covers, by the minutes of each that is known. */
function coverOf(minutes: readonly number[]): string {
  if (minutes.length === 0) return "not known";
  const least = Math.min(...minutes);
  return least === Infinity
    ? "nothing was written meanwhile"
    : `covers ${showMinutes(least)} of the writes now`;
}

function count(findings: readonly Finding[]): string {
  return (["error", "warning", "note"] as const)
    .map((each) => plural(findings.filter(({ severity }) => severity === each).length, each))
    .join(", ");
}

function toJson({ loaded: { config, source }, facts, evaluation }: Report): Record<string, unknown> {
  return {
    file: source.file,
    name: config.name,
    nodes: facts.nodes.map(({ name, role, member }) => ({ address: name, role, answers: member.info.known })),
    backlog: facts.masters.map((node) => {
      const backlog = backlogOf(node);
      if (!backlog.known) return { address: node.name, reason: backlog.reason };
      const { bytes, rate, minutes } = backlog.value;
      const covered = minutes === Infinity ? null : minutes;
      return { address: node.name, bytes, bytes_per_second: rate, minutes: covered };
    }),
    findings: evaluation.findings.map(({ rule, severity, seen, why, remedy, commands }) => ({
      ...{ rule, severity, message: `${seen} ${why}`, remedy, commands },
    })),
    not_checked: evaluation.notChecked,
    rules: Object.fromEntries(evaluation.results),
  };
}
