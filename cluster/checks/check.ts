import { type Facts } from "./facts";

export type Severity = "error" | "warning" | "note";

/** What a rule found. */
export interface Finding {
  /** What was seen, with its value, as a sentence. */
  readonly seen: string;
  /** What to do about it, as a sentence. */
  readonly remedy: string;
  /** The commands that do it. */
  readonly commands?: readonly string[];
  /** @default - that of the rule */
  readonly severity?: Severity;
}

/** A fact of a rule is not known. */
export interface Unchecked {
  readonly unchecked: string;
  /** Whether this was expected: the command line or the config lacks what it needs. */
  readonly isSkipped: boolean;
}

/** One part of an outcome. */
export type Verdict = Finding | Unchecked;

/** Empty where the cluster keeps the rule. */
export type Outcome = readonly Verdict[] | typeof NOT_APPLICABLE;

/** A rule about a running cluster and its Elastigroups. Its ID is the name of its file. */
export interface Check {
  /** An error prevents replicas from working, or loses data. */
  readonly severity: Severity;
  /** The keys of the config that decide, as paths. A finding points to the first of them that the file has. */
  readonly keys: readonly string[];
  /** When there is a finding, for the list of rules. */
  readonly when: string;
  /** What it costs, as a sentence. */
  readonly why: string;
  check(facts: Facts): Outcome;
}

/** The config does not use what the rule is about. */
export const NOT_APPLICABLE = "not_applicable";

/** The outcome of a fact that could not be read. */
export function unchecked(reason: string): Unchecked {
  return { unchecked: reason, isSkipped: false };
}

/** The outcome of a rule whose input is not given. */
export function skipped(reason: string): Unchecked {
  return { unchecked: reason, isSkipped: true };
}
