import { type Command } from "commander";
import { type Context, EXIT, type Exit } from "./command";
import { formatGroup, formatOtherResources } from "./plan/format";
import { type GroupPlan, groupPlans } from "./plan/group";
import { movedBlock } from "./plan/moved";
import { type OtherResource, otherResourcesIn } from "./plan/other-resources";
import { type Replicas } from "./plan/replicas";
import { readPlan } from "./plan/terraform-plan";
import { type Line } from "./terminal";

export function define(command: Command): void {
  command
    .argument("<file>", "output of `terraform show -json PLAN`, or - for standard input")
    .option("--allow-destroy", "exit with 2 instead of 1 if a group is destroyed")
    .addHelpText("after", "\nIt needs no config, no account and no provider.");
}

/** Prints what a plan does to each group and its replicas. The exit code tells a pipeline whether to continue. */
export function run({ args, options, output }: Context): Exit {
  const file = args[0]!;
  const plan = readPlan(file);
  const groups = groupPlans(plan);
  const others = otherResourcesIn(plan, groups);
  if (plan.complete === false)
    output.warn({ file, message: "the plan is incomplete; another plan must follow this apply" });
  const sections = groups.map((group) => formatGroup(group, output.width));
  if (others.length > 0) sections.push(formatOtherResources(others, output.width));
  output.data(
    sections.flatMap((section, index): Line[] => (index === 0 ? section : ["", ...section])),
    {
      plan: { file, terraform_version: plan.terraform_version ?? null },
      groups: groups.map(toJson),
      others: others.map(({ notice, ...other }) => ({ ...other, remark: notice ?? null })),
    },
  );
  const exit = exitOf(groups, others, options["allowDestroy"] === true);
  output.info(conclusion(file, groups, others, exit));
  return exit;
}

const HARMLESS: readonly Replicas["fate"][] = ["unchanged"];

function exitOf(groups: readonly GroupPlan[], others: readonly OtherResource[], allowDestroy: boolean): Exit {
  if (groups.some(isRefused)) return EXIT.failure;
  if (groups.some(isDestroyed) && !allowDestroy) return EXIT.failure;
  return groups.every(isHarmless) && !others.some(affectsReplicas) ? EXIT.success : EXIT.differences;
}

function isHarmless({ replicas }: GroupPlan): boolean {
  return replicas.every(({ fate }) => HARMLESS.includes(fate));
}

function affectsReplicas({ notice }: OtherResource): boolean {
  return notice !== undefined;
}

function isDestroyed({ action }: GroupPlan): boolean {
  return action === "destroy" || action === "replace";
}

function isRefused({ changes }: GroupPlan): boolean {
  return changes.some(({ impact }) => impact === "refused");
}

function conclusion(
  file: string,
  groups: readonly GroupPlan[],
  others: readonly OtherResource[],
  exit: Exit,
): string {
  const destroyed = groups.filter(isDestroyed).length;
  if (destroyed > 0)
    return `${file}: ${destroyed} of ${groups.length} groups destroyed${exit === EXIT.failure ? "; --allow-destroy accepts that" : ""}`;
  if (exit === EXIT.failure) return `${file}: the apply will fail`;
  if (groups.length === 0) return `${file}: the plan has no Elastigroup`;
  if (exit === EXIT.success) return `${file}: no replica is changed`;
  if (!groups.every(isHarmless)) return `${file}: replicas are changed, now or later`;
  return `${file}: no group changes its replicas, but other resources that they can depend on change (${others.filter(affectsReplicas).length})`;
}

function toJson(group: GroupPlan): Record<string, unknown> {
  const { script, moved } = group;
  return {
    address: group.address,
    previous_address: group.previousAddress ?? null,
    adopted: group.adopted ?? null,
    id: group.id ?? null,
    gone: group.gone ?? null,
    name: group.name,
    action: group.action,
    replicas: group.replicas.map(({ count, fate, resync }) => ({
      count: count ?? null,
      fate,
      resync: resync ?? null,
    })),
    changes: group.changes.map(({ attribute, impact, before, after, unknown, sensitive }) => ({
      attribute,
      reach: impact,
      known_after_apply: unknown,
      // The scripts are long, and `user_data` below has their differences.
      ...(sensitive || attribute === "user_data" ? {} : { before: before ?? null, after: after ?? null }),
    })),
    user_data: script ? { same_text: script.sameText, settings: script.settings, files: script.files } : null,
    drifted: group.drifted,
    remarks: group.notices,
    moved: moved ? { ...moved, block: movedBlock(moved) } : null,
  };
}
