import { type LoadedConfig } from "../../config/load";
import { ConfigError } from "../../config/problem";
import { fromViolation } from "../../config/problems";
import { suggest } from "../../config/suggest";
import { type Facts } from "./facts";
import { RULES } from "./index";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** What a rule found. */
export interface Finding {
  readonly rule: string;
  readonly severity: ReviewRule["severity"];
  /** What is wrong and what it costs. */
  readonly cause: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** The result of a rule. */
export type RuleResult = "finding" | "passed" | "ignored" | typeof NOT_APPLICABLE;

/** The results of all rules for a config. */
export interface Evaluation {
  /** Warnings before notes. */
  readonly findings: readonly Finding[];
  /** Of every rule, in the order of the list. */
  readonly results: readonly (readonly [rule: string, result: RuleResult])[];
  /** What would have been found, and why it is ignored. */
  readonly ignored: readonly (Finding & { readonly reason: string })[];
}

/** Checks a config by every rule. */
export function evaluate(facts: Facts): Evaluation {
  const reasons = new Map((facts.config.review?.ignore ?? []).map(({ rule, reason }) => [rule, reason]));
  const checked = [...RULES].map(([id, { severity, remedy, ...rule }]) => {
    const outcome = rule.check(facts);
    const causes = outcome === NOT_APPLICABLE ? [] : outcome;
    const findings = causes.map((cause): Finding => ({ rule: id, severity, cause, remedy }));
    return { id, findings, outcome, reason: reasons.get(id) };
  });
  return {
    findings: checked
      .flatMap(({ findings, reason }) => (reason === undefined ? findings : []))
      .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)),
    results: checked.map(({ id, findings, outcome, reason }) => {
      if (outcome === NOT_APPLICABLE) return [id, NOT_APPLICABLE];
      if (findings.length === 0) return [id, "passed"];
      return [id, reason === undefined ? "finding" : "ignored"];
    }),
    ignored: checked.flatMap(({ findings, reason }) =>
      reason === undefined ? [] : findings.map((finding) => ({ ...finding, reason })),
    ),
  };
}

const SEVERITIES: readonly ReviewRule["severity"][] = ["warning", "note"];

/** Throws where a config ignores a rule that does not exist: the rule that was meant would still report. */
export function checkIgnored(loaded: readonly LoadedConfig[]): void {
  const problems = loaded.flatMap(({ config, source }) =>
    (config.review?.ignore ?? []).flatMap(({ rule }, index) => {
      if (RULES.has(rule)) return [];
      const meant = suggest(rule, [...RULES.keys()]);
      const advice = meant ? `Did you mean \`${meant}\`?` : "`review --json` lists them.";
      return [
        fromViolation(source, {
          path: ["review", "ignore", index, "rule"],
          rule: "be the id of a rule",
          advice,
        }),
      ];
    }),
  );
  if (problems.length > 0) throw new ConfigError(problems);
}
