import { type Attributes } from "./terraform-plan";

/** Why Spot may replace running replicas after a change; undefined where it does not. */
type Reason = (after: Attributes, before: Attributes) => string | undefined;

const back: Reason = (after) => {
  const [{ perform_at = "always", time_windows } = {}] = blocks(after["revert_to_spot"]);
  if (perform_at === "never") return undefined;
  const windows = Array.isArray(time_windows) ? time_windows.join(", ") : "";
  return perform_at !== "timeWindow" || windows === ""
    ? "Replicas on an on-demand fallback are replaced as soon as there is spot capacity, at peak hours too and several at once."
    : `Replicas on an on-demand fallback are replaced within ${windows} (UTC), if there is spot capacity then.`;
};

const orientation: Reason = (after) =>
  after["orientation"] === "availabilityOriented"
    ? undefined
    : `With the orientation \`${text(after["orientation"])}\` Spot may replace a running replica for a better price or place; with \`availabilityOriented\` it does not.`;

/** Only what is healed is replaced. */
const whereHealed =
  (reason: Reason): Reason =>
  (after, before) =>
    after["auto_healing"] === false ? undefined : reason(after, before);

const check = whereHealed(
  (after) =>
    `A running replica that fails the health check \`${text(after["health_check_type"])}\` is replaced, and so is each that comes instead: see first that all pass it.`,
);

const grace = whereHealed((after, before) =>
  isLess("health_check_grace_period", after, before)
    ? `A replica that is not healthy ${text(after["health_check_grace_period"])} seconds after its launch is replaced before it is ready, again and again.`
    : undefined,
);

const patience = whereHealed((after, before) =>
  isLess("health_check_unhealthy_duration_before_replacement", after, before)
    ? `A replica that is unhealthy for ${text(after["health_check_unhealthy_duration_before_replacement"])} seconds is replaced from now on.`
    : undefined,
);

const healing = whereHealed(() => "Replicas that are unhealthy now are replaced.");

/** Bought capacity comes first; whether that moves what runs is said of groups without state only. */
const bought =
  (attribute: string, what: string): Reason =>
  (after) =>
    isNone(after[attribute])
      ? undefined
      : `Spot then launches on demand where ${what}; whether it moves replicas that run is not documented for stateful groups.`;

const scaled =
  (attribute: string): Reason =>
  (after) =>
    isNone(after[attribute])
      ? undefined
      : `\`${attribute}\` lets Spot start, park and replace replicas by itself.`;

const REASONS: ReadonlyMap<string, Reason> = new Map([
  ["revert_to_spot", back],
  ["orientation", orientation],
  ["health_check_type", check],
  ["health_check_grace_period", grace],
  ["health_check_unhealthy_duration_before_replacement", patience],
  ["auto_healing", healing],
  ["utilize_reserved_instances", bought("utilize_reserved_instances", "a reservation is free")],
  ["utilize_commitments", bought("utilize_commitments", "a savings plan covers it")],
  ["consider_od_pricing", bought("consider_od_pricing", "that costs no more than spot")],
  ...[
    ...["scaling_up_policy", "scaling_down_policy", "scaling_target_policy"],
    ...["multiple_metrics", "scheduled_task"],
  ].map((attribute) => [attribute, scaled(attribute)] as const),
]);

/** The attributes that steer when Spot replaces a replica. */
export const STEERING: readonly string[] = [...REASONS.keys()];

/** Why a change of an attribute lets Spot replace running replicas; undefined where it does not. */
export function replacementBy(attribute: string, after: Attributes, before: Attributes): string | undefined {
  return REASONS.get(attribute)?.(after, before);
}

/** What nobody knows yet may be less. */
function isLess(attribute: string, after: Attributes, before: Attributes): boolean {
  const [old, current] = [before[attribute], after[attribute]];
  return typeof old !== "number" || typeof current !== "number" || current < old;
}

/** Said and none; what is not said at all is known after apply. */
function isNone(value: unknown): boolean {
  return value === false || value === null || (Array.isArray(value) && value.length === 0);
}

function blocks(value: unknown): Attributes[] {
  return Array.isArray(value) ? (value as Attributes[]) : [];
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "known after apply";
}
