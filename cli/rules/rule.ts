import { type Facts } from "./facts";

/** What a rule says of a config: findings, none where all is fine, or that it has nothing to go by. */
export type Outcome = readonly string[] | "not applicable";

/** A rule that a valid config can break at a price. Its id is the name of its file. */
export interface Rule {
  /** A warning costs availability, data or safety; a note is a fact that surprises. */
  readonly severity: "warning" | "note";
  /** When it speaks, for the list of rules. */
  readonly when: string;
  /** What to do about it. */
  readonly remedy: string;
  /** What is so and what it costs, a clause each; the remedy comes after. */
  judge(facts: Facts): Outcome;
}

/** A config leaves to Terraform, or to nobody, what the rule is about. */
export const NOT_APPLICABLE = "not applicable";
