import { updatePolicy } from "./attributes";
import { type Difference, differences } from "./difference";
import { forgottenMoves, type Moved } from "./moved";
import { remarksOn } from "./remarks";
import { compareScripts, type ScriptChange } from "./script";
import { type Attributes, type ResourceChange, type TerraformPlan } from "./terraform-plan";

export const GROUP = "spotinst_elastigroup_aws";

/** What a plan does to a group as a whole. */
export type Action = "nothing" | "update" | "create" | "destroy" | "replace" | "forget";

/** How a replica takes part in a plan. */
export type Fate =
  | "untouched"
  | "changed at once"
  | "changed at its next recycle"
  | "replaced at once"
  | "unsure"
  | "new"
  | "left behind"
  | "destroyed"
  | "no longer managed";

/** What a replica fetches from its master when it is back: what it missed, or everything. */
export type Resync = "partial" | "full";

/** Replicas of one fate. */
export interface Replicas {
  /** Undefined where only the apply tells. */
  readonly count: number | undefined;
  readonly fate: Fate;
  /** Expected where the replica starts again. */
  readonly resync?: Resync;
}

/** What a plan does to one group and its replicas. */
export interface GroupPlan {
  readonly address: string;
  /** Where a `moved` block took it from. */
  readonly previousAddress?: string;
  /** The id of a group that the plan takes over. */
  readonly adopted?: string;
  readonly id?: string;
  readonly name: string;
  readonly action: Action;
  readonly changes: readonly Difference[];
  /** What changed in the user data, where both texts are known. */
  readonly script?: ScriptChange;
  readonly replicas: readonly Replicas[];
  /** What else there is to know, a sentence each. */
  readonly remarks: readonly string[];
  /** The block that would keep the group, where one was forgotten. */
  readonly moved?: Moved;
  /** Changed at Spot since the last run, not by Terraform. */
  readonly drifted: readonly string[];
}

/** Every group in a plan, in its order. */
export function groupPlans(plan: TerraformPlan): GroupPlan[] {
  const groups = (plan.resource_changes ?? []).filter(isGroup);
  const moves = forgottenMoves(groups);
  const moveOf = new Map(moves.flatMap((move) => [move.from, move.to].map((end) => [end, move] as const)));
  const drift = new Map((plan.resource_drift ?? []).filter(isGroup).map((each) => [each.address, each]));
  return groups.map((group) => groupPlan(group, moveOf.get(group.address), drift.get(group.address)));
}

/** Whether it is an Elastigroup that Terraform manages. */
export function isGroup({ mode, type }: ResourceChange): boolean {
  return type === GROUP && mode !== "data";
}

function groupPlan(
  group: ResourceChange,
  moved: Moved | undefined,
  drift: ResourceChange | undefined,
): GroupPlan {
  const { change, address } = group;
  const action = actionOf(change.actions);
  const found = action === "update" ? differences(group) : [];
  const script = scriptOf(found);
  const changes = found.map((each) =>
    isRecompressed(each, script) ? { ...each, reach: "nothing" as const } : each,
  );
  const known = change.before ?? change.after ?? {};
  return {
    address,
    previousAddress: group.previous_address,
    adopted: change.importing?.id,
    id: textOf(known["id"]),
    name: textOf((change.after ?? known)["name"]) ?? "a name known after apply",
    action,
    changes,
    script,
    replicas: replicasOf(group, action, changes),
    remarks: remarksOn(group, action, changes),
    moved,
    drifted: drift ? differences(drift).map(({ attribute }) => attribute) : [],
  };
}

const ACTIONS: Readonly<Record<string, Action>> = {
  "no-op": "nothing",
  read: "nothing",
  update: "update",
  create: "create",
  delete: "destroy",
  forget: "forget",
};

/** Several actions on one resource are a replacement, whatever their order; so is what we do not know. */
function actionOf(actions: readonly string[]): Action {
  return (actions.length === 1 ? ACTIONS[actions[0]!] : undefined) ?? "replace";
}

function scriptOf(changes: readonly Difference[]): ScriptChange | undefined {
  const found = changes.find(({ attribute }) => attribute === "user_data");
  if (typeof found?.before !== "string" || typeof found.after !== "string" || found.sensitive)
    return undefined;
  return compareScripts(found.before, found.after);
}

function isRecompressed({ attribute }: Difference, script: ScriptChange | undefined): boolean {
  return attribute === "user_data" && script?.sameText === true;
}

function replicasOf({ change }: ResourceChange, action: Action, changes: readonly Difference[]): Replicas[] {
  const before = capacityOf(change.before ?? {});
  const after = isCapacityUnknown(changes) ? undefined : capacityOf(change.after ?? {});
  const fresh: Replicas = { count: after, fate: "new", resync: "full" };
  if (action === "create") return [fresh];
  if (action === "replace") return [{ count: before, fate: "destroyed" }, fresh];
  if (action === "destroy") return [{ count: before, fate: "destroyed" }];
  if (action === "forget") return [{ count: before, fate: "no longer managed" }];
  const fate = fateOf(change.after ?? {}, changes);
  const resync = fate === "untouched" || fate === "changed at once" ? {} : resyncOf(change.after ?? {});
  const stay = before === undefined || after === undefined ? undefined : Math.min(before, after);
  return [
    { count: stay, fate, ...resync },
    ...(after !== undefined && before !== undefined && after > before
      ? [{ ...fresh, count: after - before }]
      : []),
    ...(after !== undefined && before !== undefined && after < before
      ? [{ count: before - after, fate: "left behind" as const }]
      : []),
  ].filter(({ count }) => count !== 0);
}

/** What the gravest of the changes means for a replica that runs and stays. */
function fateOf(after: Attributes, changes: readonly Difference[]): Fate {
  const reaches = new Set(changes.map(({ reach }) => reach));
  if (changes.length > 0 && updatePolicy(after)["should_roll"] === true) return "replaced at once";
  if (reaches.has("unsure") || isCapacityUnknown(changes)) return "unsure";
  if (reaches.has("next recycle")) return "changed at its next recycle";
  return reaches.has("at once") ? "changed at once" : "untouched";
}

/** A kept root holds the replica's data, so its master sends what it missed if its backlog still has it. */
function resyncOf({ persist_root_device }: Attributes): { resync: Resync } {
  return { resync: persist_root_device === true ? "partial" : "full" };
}

function capacityOf({ desired_capacity }: Attributes): number | undefined {
  return typeof desired_capacity === "number" ? desired_capacity : undefined;
}

function isCapacityUnknown(changes: readonly Difference[]): boolean {
  return changes.some(({ reach, unknown }) => reach === "capacity" && unknown);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
