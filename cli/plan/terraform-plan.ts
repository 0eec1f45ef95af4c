import { readFileSync } from "node:fs";
import { ConfigError } from "../../config/problem";

/** A resource's attributes, by Terraform's names. */
export type Attributes = Readonly<Record<string, unknown>>;

/** What a plan does to one resource, as `terraform show -json` says it. */
export interface ResourceChange {
  readonly address: string;
  /** Where a `moved` block took it from. */
  readonly previous_address?: string;
  readonly mode?: string;
  readonly type: string;
  /** An earlier object of a replacement that was cut short; Terraform still has to destroy it. */
  readonly deposed?: string;
  readonly action_reason?: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Attributes | null;
    readonly after: Attributes | null;
    /** True, or per attribute true, where only the apply brings the value. */
    readonly after_unknown?: unknown;
    readonly before_sensitive?: unknown;
    readonly after_sensitive?: unknown;
    readonly importing?: { readonly id?: string };
  };
}

/** The parts of a plan that say what happens. */
export interface TerraformPlan {
  readonly format_version: string;
  readonly terraform_version?: string;
  /** False where more is to come, as with `-target`. */
  readonly complete?: boolean;
  readonly errored?: boolean;
  readonly resource_changes?: readonly ResourceChange[];
  /** What somebody changed outside Terraform since the last run. */
  readonly resource_drift?: readonly ResourceChange[];
  /** Every plan has it, even of nothing. */
  readonly planned_values?: unknown;
}

const WANTED = "be what `terraform show -json PLAN` prints";

/** Reads a plan from a file, `-` being standard input. */
export function readPlan(file: string): TerraformPlan {
  const text = readText(file);
  const plan = parse(file, text) as Partial<TerraformPlan> & { values?: unknown };
  if (typeof plan !== "object" || plan === null || typeof plan.format_version !== "string")
    throw mistake(file, WANTED, "other JSON");
  if (!plan.format_version.startsWith("1.")) throw mistake(file, "have format 1.x", plan.format_version);
  if (plan.errored) throw mistake(file, "be a whole plan", "one that ended with errors");
  if (plan.values !== undefined && plan.resource_changes === undefined)
    throw mistake(file, WANTED, "a state: name the plan's file behind `terraform show -json`");
  const { resource_changes: changes, resource_drift: drift, planned_values: planned } = plan;
  // So looks an empty state, and what `validate -json` says: nothing in it is no good news.
  if ((changes ?? drift ?? planned) === undefined)
    throw mistake(file, WANTED, "JSON that says nothing of a plan");
  for (const each of [changes ?? [], drift ?? []])
    if (!Array.isArray(each) || !each.every(isChange))
      throw mistake(file, WANTED, "changes that it does not print");
  return plan as TerraformPlan;
}

function isChange(value: unknown): value is ResourceChange {
  const { address, type, change } = (value ?? {}) as Partial<ResourceChange>;
  return typeof address === "string" && typeof type === "string" && Array.isArray(change?.actions);
}

function readText(file: string): string {
  try {
    // PowerShell begins a file with a byte order mark.
    return readFileSync(file === "-" ? 0 : file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    throw mistake(file, WANTED, `no readable file (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw mistake(file, WANTED, seenAs(text));
  }
}

function seenAs(text: string): string {
  if (text.startsWith("PK")) return "the saved plan itself: run `terraform show -json` on it";
  if (text.trim() === "") return "nothing";
  if (/^\{"@level"/.test(text)) return "the messages of `plan -json`: save the plan with -out and show that";
  return "text that is no JSON";
}

function mistake(file: string, rule: string, got: string): ConfigError {
  return new ConfigError([{ file, message: `\`--plan\` must ${rule}, got: ${got}` }]);
}
