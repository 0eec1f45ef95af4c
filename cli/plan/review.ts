import { type Context, EXIT, type Exit } from "../command";
import { type GroupPlan, groupPlans } from "./group";
import { movedBlock } from "./moved";
import { type Other, othersIn, showOthers } from "./others";
import { showGroup } from "./page";
import { type Replicas } from "./replicas";
import { readPlan } from "./terraform-plan";

/** Says what a plan does to each group and its replicas; its end tells a pipeline whether to go on. */
export function reviewPlan({ options, output }: Context): Exit {
  const file = String(options["plan"]);
  const plan = readPlan(file);
  const groups = groupPlans(plan);
  const others = othersIn(plan, groups);
  if (plan.complete === false) output.warn({ file, message: "the plan leaves something for a later one" });
  const pages = groups.map((group) => showGroup(group, (text) => output.heading(text)));
  const rest = others.length === 0 ? [] : [showOthers(others, output.heading("Other resources"))];
  output.data([...pages, ...rest].join("\n"), {
    plan: { file, terraform_version: plan.terraform_version ?? null },
    groups: groups.map(toJson),
    others: others.map(({ remark, ...other }) => ({ ...other, remark: remark ?? null })),
  });
  const exit = exitOf(groups, others, options["allowDestroy"] === true);
  output.talk(summary(file, groups, others, exit));
  return exit;
}

const HARMLESS: readonly Replicas["fate"][] = ["untouched"];

function exitOf(groups: readonly GroupPlan[], others: readonly Other[], allowDestroy: boolean): Exit {
  if (groups.some(isRefused)) return EXIT.failure;
  if (groups.some(isDestroyed) && !allowDestroy) return EXIT.failure;
  return groups.every(isHarmless) && !others.some(isNeeded) ? EXIT.fine : EXIT.differences;
}

function isHarmless({ replicas }: GroupPlan): boolean {
  return replicas.every(({ fate }) => HARMLESS.includes(fate));
}

function isNeeded({ remark }: Other): boolean {
  return remark !== undefined;
}

function isDestroyed({ action }: GroupPlan): boolean {
  return action === "destroy" || action === "replace";
}

function isRefused({ changes }: GroupPlan): boolean {
  return changes.some(({ reach }) => reach === "refused");
}

function summary(file: string, groups: readonly GroupPlan[], others: readonly Other[], exit: Exit): string {
  const destroyed = groups.filter(isDestroyed).length;
  if (destroyed > 0)
    return `${file}: ${destroyed} of ${groups.length} groups destroyed${exit === EXIT.failure ? "; --allow-destroy lets that pass" : ""}`;
  if (exit === EXIT.failure) return `${file}: the apply will fail`;
  if (groups.length === 0) return `${file}: there is no Elastigroup in it`;
  if (exit === EXIT.fine) return `${file}: no replica is touched`;
  if (!groups.every(isHarmless)) return `${file}: replicas are touched, now or later`;
  return `${file}: the groups leave their replicas alone, but what replicas may need goes or changes (${others.filter(isNeeded).length} of the other resources)`;
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
    changes: group.changes.map(({ attribute, reach, before, after, unknown, sensitive }) => ({
      attribute,
      reach,
      known_after_apply: unknown,
      // The scripts are long, and what changed in them is said apart.
      ...(sensitive || attribute === "user_data" ? {} : { before: before ?? null, after: after ?? null }),
    })),
    user_data: script ? { same_text: script.sameText, settings: script.settings, files: script.files } : null,
    drifted: group.drifted,
    remarks: group.remarks,
    moved: moved ? { ...moved, block: movedBlock(moved) } : null,
  };
}
