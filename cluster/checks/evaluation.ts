import { type Finding as Found, NOT_APPLICABLE, type Severity } from "./check";
import { type Facts } from "./facts";
import { CHECKS } from "./index";

/** What a rule found. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  /** What was seen, with its value. */
  readonly seen: string;
  /** What it costs. */
  readonly why: string;
  readonly remedy: string;
  readonly commands: readonly string[];
}

/** Why rules could not be checked. */
export interface NotChecked {
  readonly reason: string;
  /** A warning, or a note where the command line or the config lacks what they need. */
  readonly severity: "warning" | "note";
  readonly rules: readonly string[];
}

export type Result = "finding" | "not_checked" | "passed" | typeof NOT_APPLICABLE;

/** The results of all rules. */
export interface Evaluation {
  /** Errors before warnings before notes. */
  readonly findings: readonly Finding[];
  readonly notChecked: readonly NotChecked[];
  /** Of every rule, in the order of the list. */
  readonly results: readonly (readonly [rule: string, result: Result])[];
}

/** Checks facts by every rule. */
export function evaluate(facts: Facts): Evaluation {
  const findings: Finding[] = [];
  const unknown = new Map<string, { severity: "warning" | "note"; rules: Set<string> }>();
  const results = [...CHECKS].map(([rule, { severity, why, ...check }]): [string, Result] => {
    const outcome = check.check(facts);
    if (outcome === NOT_APPLICABLE) return [rule, NOT_APPLICABLE];
    const found = outcome.filter((each): each is Found => "seen" in each);
    findings.push(
      ...found.map(({ seen, remedy, commands = [], severity: own = severity }) => ({
        ...{ rule, severity: own, seen, why, remedy, commands },
      })),
    );
    for (const each of outcome) {
      if (!("unchecked" in each)) continue;
      const before = unknown.get(each.unchecked);
      const isNote = each.isSkipped && before?.severity !== "warning";
      unknown.set(each.unchecked, {
        severity: isNote ? "note" : "warning",
        rules: new Set([...(before?.rules ?? []), rule]),
      });
    }
    if (found.length > 0) return [rule, "finding"];
    return [rule, outcome.length > 0 ? "not_checked" : "passed"];
  });
  return {
    findings: bySeverity(findings),
    notChecked: bySeverity(
      [...unknown].map(([reason, { severity, rules }]) => ({ reason, severity, rules: [...rules] })),
    ),
    results,
  };
}

const SEVERITIES: readonly Severity[] = ["error", "warning", "note"];

function bySeverity<T extends { readonly severity: Severity }>(items: readonly T[]): T[] {
  return [...items].sort(
    (one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity),
  );
}
