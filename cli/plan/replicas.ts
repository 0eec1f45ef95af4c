import { updatePolicy } from "./attributes";
import { type Difference } from "./difference";
import { type Resync, resyncOf } from "./resync";
import { type Attributes } from "./terraform-plan";

/** What a plan does to a group as a whole. */
export type Action = "nothing" | "update" | "create" | "destroy" | "replace" | "forget";

/** How a replica takes part in a plan. */
export type Fate =
  | "untouched"
  | "changed at once"
  | "changed at its next recycle"
  /** Not by the apply, but by what Spot is then told. */
  | "may be replaced"
  | "replaced at once"
  | "unsure"
  | "new"
  | "left behind"
  | "destroyed"
  /** With its group, before this plan and outside Terraform. */
  | "gone"
  | "no longer managed";

/** Replicas of one fate. */
export interface Replicas {
  /** Undefined where only the apply tells. */
  readonly count: number | undefined;
  readonly fate: Fate;
  /** Expected where the replica starts again. */
  readonly resync?: Resync;
}

/** What happens to a group, from what it was to what it will be. */
export interface Passage {
  readonly action: Action;
  readonly before: Attributes;
  readonly after: Attributes;
  readonly changes: readonly Difference[];
}

/** The replicas of a group before and after a plan, by their fates. */
export function replicasOf({ action, before, after, changes }: Passage): Replicas[] {
  const had = capacityOf(before);
  const has = isCapacityUnknown(changes) ? undefined : capacityOf(after);
  const fresh: Replicas = { count: has, fate: "new", resync: "full" };
  if (action === "create") return [fresh];
  if (action === "replace") return [{ count: had, fate: "destroyed" }, fresh];
  if (action === "destroy") return [{ count: had, fate: "destroyed" }];
  if (action === "forget") return [{ count: had, fate: "no longer managed" }];
  const fate = fateOf(after, changes);
  const starts = fate !== "untouched" && fate !== "changed at once";
  const resync = starts ? { resync: resyncOf(before, after) } : {};
  if (had === undefined || has === undefined) return [{ count: undefined, fate, ...resync }];
  const all = [
    { count: Math.min(had, has), fate, ...resync },
    { ...fresh, count: Math.max(has - had, 0) },
    { count: Math.max(had - has, 0), fate: "left behind" as const },
  ];
  return all.filter(({ count }) => count > 0);
}

/** What the gravest of the changes means for a replica that runs and stays. */
function fateOf(after: Attributes, changes: readonly Difference[]): Fate {
  const reaches = new Set(changes.map(({ reach }) => reach));
  if (changes.length > 0 && updatePolicy(after)["should_roll"] === true) return "replaced at once";
  if (reaches.has("may replace")) return "may be replaced";
  if (reaches.has("unsure") || isCapacityUnknown(changes)) return "unsure";
  if (reaches.has("next recycle")) return "changed at its next recycle";
  return reaches.has("at once") ? "changed at once" : "untouched";
}

/** The replicas that a group is to have; undefined where it does not say. */
export function capacityOf({ desired_capacity }: Attributes): number | undefined {
  return typeof desired_capacity === "number" ? desired_capacity : undefined;
}

function isCapacityUnknown(changes: readonly Difference[]): boolean {
  return changes.some(({ reach, unknown }) => reach === "capacity" && unknown);
}
