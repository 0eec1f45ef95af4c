import { type LoadedConfig } from "../../config/load";
import { ConfigError } from "../../config/problem";
import { fromViolation } from "../../config/problems";
import { suggest } from "../../config/suggest";
import { RULES } from "./index";
import { type Facts } from "./facts";
import { NOT_APPLICABLE, type Rule } from "./rule";

/** What one rule found: what is so, what it costs, what to do. */
export interface Finding {
  readonly rule: string;
  readonly severity: Rule["severity"];
  readonly message: string;
}

/** How a rule ended. */
export type RuleOutcome = "warns" | "fine" | "not applicable" | "ignored";

/** What all rules say of a config. */
export interface Judgement {
  readonly findings: readonly Finding[];
  /** Of every rule, in their order. */
  readonly outcomes: readonly (readonly [rule: string, outcome: RuleOutcome])[];
  /** What would have been found, and why it does not count. */
  readonly ignored: readonly (Finding & { readonly reason: string })[];
}

/** Asks every rule. */
export function judge(facts: Facts): Judgement {
  const reasons = new Map((facts.config.review?.ignore ?? []).map(({ rule, reason }) => [rule, reason]));
  const judged = [...RULES].map(([id, rule]) => {
    const outcome = rule.judge(facts);
    const found = outcome === NOT_APPLICABLE ? [] : outcome;
    const findings = found.map((what) => ({
      rule: id,
      severity: rule.severity,
      message: `${what}; ${rule.remedy}`,
    }));
    return { id, findings, outcome, reason: reasons.get(id) };
  });
  return {
    findings: judged.flatMap(({ findings, reason }) => (reason === undefined ? findings : [])),
    outcomes: judged.map(({ id, findings, outcome, reason }) => {
      if (outcome === NOT_APPLICABLE) return [id, NOT_APPLICABLE];
      if (findings.length === 0) return [id, "fine"];
      return [id, reason === undefined ? "warns" : "ignored"];
    }),
    ignored: judged.flatMap(({ findings, reason }) =>
      reason === undefined ? [] : findings.map((finding) => ({ ...finding, reason })),
    ),
  };
}

/** Throws where a config ignores what is no rule, for a rule that is misspelt would go on speaking. */
export function checkIgnored(loaded: readonly LoadedConfig[]): void {
  const problems = loaded.flatMap(({ config, source }) =>
    (config.review?.ignore ?? []).flatMap(({ rule }, index) => {
      if (RULES.has(rule)) return [];
      const meant = suggest(rule, [...RULES.keys()]);
      const advice = meant ? `Did you mean \`${meant}\`?` : "`review --json` lists them.";
      return [
        fromViolation(source, { path: ["review", "ignore", index, "rule"], rule: "name a rule", advice }),
      ];
    }),
  );
  if (problems.length > 0) throw new ConfigError(problems);
}
