import { type Difference, differences } from "./difference";
import { missingMoves, type Moved } from "./moved";
import { noticesOn } from "./notices";
import { type Action, capacityOf, type Replicas, replicasOf } from "./replicas";
import { compareScripts, type ScriptChange } from "./script";
import { type Attributes, type ResourceChange, type TerraformPlan } from "./terraform-plan";

export const GROUP = "spotinst_elastigroup_aws";

/** What a plan does to one group and its replicas. */
export interface GroupPlan {
  readonly address: string;
  /** Where a `moved` block took it from. */
  readonly previousAddress?: string;
  /** The id of a group that the plan imports. */
  readonly adopted?: string;
  readonly id?: string;
  /** The id of a group that was deleted outside Terraform. */
  readonly gone?: string;
  readonly name: string;
  readonly action: Action;
  readonly changes: readonly Difference[];
  /** What changed in the user data, if both texts are known. */
  readonly script?: ScriptChange;
  readonly replicas: readonly Replicas[];
  /** What else an operator must know, a sentence each. */
  readonly notices: readonly string[];
  /** The `moved` block that is missing, and would keep the group. */
  readonly moved?: Moved;
  /** Changed at Spot since the last run, not by Terraform. */
  readonly drifted: readonly string[];
}

/** Every group in a plan, in its order. */
export function groupPlans(plan: TerraformPlan): GroupPlan[] {
  const groups = (plan.resource_changes ?? []).filter(isGroup);
  const moves = missingMoves(groups);
  const moveOf = new Map(moves.flatMap((move) => [move.from, move.to].map((end) => [end, move] as const)));
  const drift = new Map((plan.resource_drift ?? []).filter(isGroup).map((each) => [each.address, each]));
  const planned = new Set(groups.map(({ address }) => address));
  const refreshed = [...drift.values()].filter(({ address }) => !planned.has(address)).map(unchanged);
  return [...groups, ...refreshed].map((group) =>
    groupPlan(group, moveOf.get(group.address), drift.get(group.address)),
  );
}

/** A group that the plan only refreshes, as with `-refresh-only`. */
function unchanged({ change, ...group }: ResourceChange): ResourceChange {
  const now = change.after ?? change.before;
  return { ...group, change: { actions: ["no-op"], before: now, after: now } };
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
    isRecompressed(each, script) ? { ...each, impact: "none" as const } : each,
  );
  const [before, after] = [change.before ?? {}, change.after ?? {}];
  const known = change.before ?? after;
  const lost = action === "create" || action === "no_op" ? deletedOutside(drift) : undefined;
  const replicas = lost && action === "no_op" ? [] : replicasOf({ action, before, after, changes });
  return {
    address,
    previousAddress: group.previous_address,
    adopted: change.importing?.id,
    id: textOf(known["id"]),
    gone: lost && (textOf(lost["id"]) ?? "the former group"),
    name: textOf((change.after ?? known)["name"]) ?? "a name known after apply",
    action,
    changes,
    script,
    replicas: lost ? [{ count: capacityOf(lost), fate: "deleted_outside_terraform" }, ...replicas] : replicas,
    notices: noticesOn(group, { action, changes, replicas, lost }),
    moved,
    drifted: drift && !lost ? differences(drift).map(({ attribute }) => attribute) : [],
  };
}

/** The former attributes of a group that no longer exists. */
function deletedOutside(drift: ResourceChange | undefined): Attributes | undefined {
  return drift && actionOf(drift.change.actions) === "destroy" ? (drift.change.before ?? {}) : undefined;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  "no-op": "no_op",
  read: "no_op",
  update: "update",
  create: "create",
  delete: "destroy",
  forget: "forget",
};

/** Several actions on one resource are a replacement, in any order. So is an action that is not known here. */
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

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
