import { type Attributes } from "./terraform-plan";

/** Why Spot can replace running replicas after a change; undefined if it does not. */
type Reason = (after: Attributes, before: Attributes) => string | undefined;

const back: Reason = (after) => {
  const [{ perform_at = "always", time_windows } = {}] = blocks(after["revert_to_spot"]);
  if (perform_at === "never") return undefined;
  const windows = Array.isArray(time_windows) ? time_windows.join(", ") : "";
  return perform_at !== "timeWindow" || windows === ""
    ? "Replicas on an on-demand fallback are replaced as soon as there is spot capacity, also at peak hours and several at once."
    : `Replicas on an on-demand fallback are replaced within ${windows} (UTC), if there is spot capacity then.`;
};

const orientation: Reason = (after) =>
  after["orientation"] === "availabilityOriented"
    ? undefined
    : `With the orientation \`${text(after["orientation"])}\` Spot can replace a running replica for a better price or zone. With \`availabilityOriented\` it does not.`;

/** Unhealthy instances are replaced only with auto-healing. */
const whereHealed =
  (reason: Reason): Reason =>
  (after, before) =>
    after["auto_healing"] === false ? undefined : reason(after, before);

const check = whereHealed(
  (after) =>
    `A running replica that fails the health check \`${text(after["health_check_type"])}\` is replaced, and so is each replacement that fails it. Check first that all replicas pass.`,
);

const grace = whereHealed((after, before) =>
  isLess("health_check_grace_period", after, before)
    ? `A replica that is not healthy ${text(after["health_check_grace_period"])} seconds after its launch is replaced before it is ready, repeatedly.`
    : undefined,
);

const patience = whereHealed((after, before) =>
  isLess("health_check_unhealthy_duration_before_replacement", after, before)
    ? `A replica that is unhealthy for ${text(after["health_check_unhealthy_duration_before_replacement"])} seconds is replaced from now on.`
    : undefined,
);

const healing = whereHealed(() => "Replicas that are unhealthy now are replaced.");

/** Reserved capacity is used first. Whether that moves running instances is documented only for groups without state. */
const bought =
  (attribute: string, what: string): Reason =>
  (after) =>
    isNone(after[attribute])
      ? undefined
      : `Spot then launches on-demand instances where ${what}. Whether it moves running replicas is not documented for stateful groups.`;

const scaled =
  (attribute: string): Reason =>
  (after) =>
    isNone(after[attribute])
      ? undefined
      : `\`${attribute}\` lets Spot start, pause and replace replicas by itself.`;

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

/** The attributes that decide when Spot replaces a replica. */
export const STEERING: readonly string[] = [...REASONS.keys()];

/** Why Spot can replace running replicas after a change of an attribute; undefined if it does not. */
export function replacementBy(attribute: string, after: Attributes, before: Attributes): string | undefined {
  return REASONS.get(attribute)?.(after, before);
}

/** A value that is not known yet counts as less. */
function isLess(attribute: string, after: Attributes, before: Attributes): boolean {
  const [old, current] = [before[attribute], after[attribute]];
  return typeof old !== "number" || typeof current !== "number" || current < old;
}

/** Set to nothing. A missing value is known after apply. */
function isNone(value: unknown): boolean {
  return value === false || value === null || (Array.isArray(value) && value.length === 0);
}

function blocks(value: unknown): Attributes[] {
  return Array.isArray(value) ? (value as Attributes[]) : [];
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "known after apply";
}
