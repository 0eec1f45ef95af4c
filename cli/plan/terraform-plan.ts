import { readFileSync } from "node:fs";
import { ConfigError } from "../../config/problem";

/** A resource's attributes, by Terraform's names. */
export type Attributes = Readonly<Record<string, unknown>>;

/** What a plan does to one resource, in the format of `terraform show -json`. */
export interface ResourceChange {
  readonly address: string;
  /** Where a `moved` block took it from. */
  readonly previous_address?: string;
  readonly mode?: string;
  readonly type: string;
  /** The former object of an interrupted replacement, which Terraform still has to destroy. */
  readonly deposed?: string;
  readonly action_reason?: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Attributes | null;
    readonly after: Attributes | null;
    /** True, or true for an attribute, if the value is known only after apply. */
    readonly after_unknown?: unknown;
    readonly before_sensitive?: unknown;
    readonly after_sensitive?: unknown;
    readonly importing?: { readonly id?: string };
  };
}

/** The parts of a plan that are read here. */
export interface TerraformPlan {
  readonly format_version: string;
  readonly terraform_version?: string;
  /** False if another plan must follow, as with `-target`. */
  readonly complete?: boolean;
  readonly errored?: boolean;
  readonly resource_changes?: readonly ResourceChange[];
  /** Changes outside Terraform since the last run. */
  readonly resource_drift?: readonly ResourceChange[];
  /** Every plan has it, even without changes. */
  readonly planned_values?: unknown;
}

const WANTED = "be the output of `terraform show -json PLAN`";

/** Reads a plan from a file, `-` being standard input. */
export function readPlan(file: string): TerraformPlan {
  const text = readText(file);
  const plan = parse(file, text) as Partial<TerraformPlan> & { values?: unknown };
  if (typeof plan !== "object" || plan === null || typeof plan.format_version !== "string")
    throw mistake(file, WANTED, "other JSON");
  if (!plan.format_version.startsWith("1.")) throw mistake(file, "have format 1.x", plan.format_version);
  if (plan.errored) throw mistake(file, "be a complete plan", "one that ended with errors");
  if (plan.values !== undefined && plan.resource_changes === undefined)
    throw mistake(file, WANTED, "a state; give the plan's file to `terraform show -json`");
  const { resource_changes: changes, resource_drift: drift, planned_values: planned } = plan;
  // An empty state and the output of `validate -json` look like this. They must not pass as a plan without changes.
  if ((changes ?? drift ?? planned) === undefined) throw mistake(file, WANTED, "JSON without a plan");
  for (const each of [changes ?? [], drift ?? []])
    if (!Array.isArray(each) || !each.every(isChange))
      throw mistake(file, WANTED, "changes in another format");
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
  if (text.startsWith("PK")) return "the saved plan itself; run `terraform show -json` on it";
  if (text.trim() === "") return "nothing";
  if (/^\{"@level"/.test(text)) return "the messages of `plan -json`; save the plan with -out and show that";
  return "text that is not JSON";
}

function mistake(file: string, rule: string, got: string): ConfigError {
  return new ConfigError([{ file, message: `the plan must ${rule}, got: ${got}` }]);
}
