import { type Facts } from "./facts";

/** A sentence for each finding, none where the config keeps the rule; or that the rule does not apply. */
export type Outcome = readonly string[] | typeof NOT_APPLICABLE;

/** A rule about choices that are valid and cost something. Its id is the name of its file. */
export interface ReviewRule {
  /** A warning costs availability, data or safety; a note is a fact that is easily overlooked. */
  readonly severity: "warning" | "note";
  /** The keys that decide, as paths. A finding points to the first of them that the file has. */
  readonly keys: readonly string[];
  /** When there is a finding, for the list of rules. */
  readonly when: string;
  /** What to do about a finding, as a sentence. */
  readonly remedy: string;
  /** What is wrong and what it costs, as sentences. */
  check(facts: Facts): Outcome;
}

/** The config does not set what the rule is about, or the value is known only to Terraform. */
export const NOT_APPLICABLE = "not_applicable";
