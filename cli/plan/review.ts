import { type Context, EXIT, type Exit } from "../command";
import { type GroupPlan, groupPlans, isGroup, type Replicas } from "./group";
import { movedBlock } from "./moved";
import { showGroup } from "./page";
import { readPlan, type ResourceChange } from "./terraform-plan";

/** Says what a plan does to each group and its replicas; its end tells a pipeline whether to go on. */
export function reviewPlan({ options, output }: Context): Exit {
  const file = String(options["plan"]);
  const plan = readPlan(file);
  const groups = groupPlans(plan);
  const others = (plan.resource_changes ?? []).filter(
    (each) => !isGroup(each) && !isBookkeeping(each) && changes(each),
  );
  if (plan.complete === false) output.warn({ file, message: "the plan leaves something for a later one" });
  const pages = groups.map((group) => showGroup(group, (text) => output.heading(text)));
  const rest = others.length === 0 ? [] : [othersPage(others, output.heading("Other resources"))];
  output.data([...pages, ...rest].join("\n"), {
    plan: { file, terraform_version: plan.terraform_version ?? null },
    groups: groups.map(toJson),
    others: others.map(({ address, change }) => ({ address, actions: change.actions })),
  });
  const exit = exitOf(groups, options["allowDestroy"] === true);
  output.talk(summary(file, groups, exit));
  return exit;
}

function changes({ change: { actions, importing } }: ResourceChange): boolean {
  return importing !== undefined || !actions.every((action) => ["no-op", "read"].includes(action));
}

/** What the constructs note in the state and nowhere else. */
function isBookkeeping({ type, address }: ResourceChange): boolean {
  return type === "terraform_data" && /zones-sent/.test(address);
}

/** They are not judged, but a security group that goes is worth a look. */
function othersPage(others: readonly ResourceChange[], heading: string): string {
  return [
    heading,
    ...others.map(({ address, change }) => `  ${address}: ${change.actions.join(", ")}`),
    "",
  ].join("\n");
}

const HARMLESS: readonly Replicas["fate"][] = ["untouched"];

function exitOf(groups: readonly GroupPlan[], allowDestroy: boolean): Exit {
  if (groups.some(isRefused)) return EXIT.failure;
  if (groups.some(isDestroyed) && !allowDestroy) return EXIT.failure;
  const fates = groups.flatMap(({ replicas }) => replicas.map(({ fate }) => fate));
  return fates.every((fate) => HARMLESS.includes(fate)) ? EXIT.fine : EXIT.differences;
}

function isDestroyed({ action }: GroupPlan): boolean {
  return action === "destroy" || action === "replace";
}

function isRefused({ changes }: GroupPlan): boolean {
  return changes.some(({ reach }) => reach === "refused");
}

function summary(file: string, groups: readonly GroupPlan[], exit: Exit): string {
  const destroyed = groups.filter(isDestroyed).length;
  if (destroyed > 0)
    return `${file}: ${destroyed} of ${groups.length} groups destroyed${exit === EXIT.failure ? "; --allow-destroy lets that pass" : ""}`;
  if (exit === EXIT.failure) return `${file}: the apply will fail`;
  if (groups.length === 0) return `${file}: there is no Elastigroup in it`;
  return `${file}: ${exit === EXIT.fine ? "no replica is touched" : "replicas are touched, now or later"}`;
}

function toJson(group: GroupPlan): Record<string, unknown> {
  const { script, moved } = group;
  return {
    address: group.address,
    previous_address: group.previousAddress ?? null,
    adopted: group.adopted ?? null,
    id: group.id ?? null,
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
