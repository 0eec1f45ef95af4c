import { updatePolicy } from "./change-impact";
import { type Difference } from "./difference";
import { type Resync, resyncOf } from "./resync";
import { type Attributes } from "./terraform-plan";

/** What a plan does to a group as a whole. */
export type Action = "no_op" | "update" | "create" | "destroy" | "replace" | "forget";

/** What a plan does to a replica. */
export type Fate =
  | "unchanged"
  | "changed_immediately"
  | "changed_at_next_recycle"
  /** Not by the apply, but by Spot with the new settings. */
  | "may_be_replaced"
  | "replaced_immediately"
  | "undocumented"
  | "created"
  /** Spot picks it to lower the capacity, and keeps its volumes and address. */
  | "scaled_down"
  | "destroyed"
  /** With its group, before this plan. */
  | "deleted_outside_terraform"
  | "unmanaged";

/** Replicas with the same fate. */
export interface Replicas {
  /** Undefined if it is known only after apply. */
  readonly count: number | undefined;
  readonly fate: Fate;
  /** Expected where the replica starts again. */
  readonly resync?: Resync;
}

/** A group before and after a plan. */
export interface GroupChange {
  readonly action: Action;
  readonly before: Attributes;
  readonly after: Attributes;
  readonly changes: readonly Difference[];
}

/** The replicas of a group before and after a plan, by their fates. */
export function replicasOf({ action, before, after, changes }: GroupChange): Replicas[] {
  const had = capacityOf(before);
  const has = isCapacityUnknown(changes) ? undefined : capacityOf(after);
  const fresh: Replicas = { count: has, fate: "created", resync: "full" };
  if (action === "create") return [fresh];
  if (action === "replace") return [{ count: had, fate: "destroyed" }, fresh];
  if (action === "destroy") return [{ count: had, fate: "destroyed" }];
  if (action === "forget") return [{ count: had, fate: "unmanaged" }];
  const fate = fateOf(after, changes);
  const starts = fate !== "unchanged" && fate !== "changed_immediately";
  const resync = starts ? { resync: resyncOf(before, after) } : {};
  if (had === undefined || has === undefined) return [{ count: undefined, fate, ...resync }];
  const all = [
    { count: Math.min(had, has), fate, ...resync },
    { ...fresh, count: Math.max(has - had, 0) },
    { count: Math.max(had - has, 0), fate: "scaled_down" as const },
  ];
  return all.filter(({ count }) => count > 0);
}

/** The fate of a running replica that stays: that of the most severe change. */
function fateOf(after: Attributes, changes: readonly Difference[]): Fate {
  const impacts = new Set(changes.map(({ impact }) => impact));
  if (changes.length > 0 && updatePolicy(after)["should_roll"] === true) return "replaced_immediately";
  if (impacts.has("may_replace")) return "may_be_replaced";
  if (impacts.has("undocumented") || isCapacityUnknown(changes)) return "undocumented";
  if (impacts.has("next_recycle")) return "changed_at_next_recycle";
  return impacts.has("immediate") ? "changed_immediately" : "unchanged";
}

/** The desired number of replicas; undefined if it is not known. */
export function capacityOf({ desired_capacity }: Attributes): number | undefined {
  return typeof desired_capacity === "number" ? desired_capacity : undefined;
}

function isCapacityUnknown(changes: readonly Difference[]): boolean {
  return changes.some(({ impact, unknown }) => impact === "capacity" && unknown);
}
