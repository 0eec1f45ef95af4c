import { isSpare } from "../ailments";
import { type GroupFleet } from "../fleet";
import { type StatefulAction, STATES, type SpotGroup, type StatefulInstance } from "../spot/group";

export type Capacity = Pick<SpotGroup["capacity"], "minimum" | "maximum" | "target">;

/** What a group is to become: one stateful instance less. */
export interface Departure {
  readonly statefulInstanceId: string;
  readonly capacity: Capacity;
  /** The stateful instances that stay. */
  readonly staying: readonly string[];
}

/** What is requested of the API next. */
export type DepartureStep =
  | { readonly do: "resize"; readonly capacity: Capacity }
  | { readonly do: StatefulAction; readonly statefulInstanceId: string }
  | { readonly do: "wait"; readonly reason: string }
  /** Something else has changed the group. */
  | { readonly do: "fail"; readonly reason: string }
  | { readonly do: "gone" };

/** The departure of a stateful instance from its group. */
export function departureOf({ group, stateful }: GroupFleet, statefulInstanceId: string): Departure {
  const { minimum, maximum, target } = group.capacity;
  return {
    statefulInstanceId,
    capacity: {
      minimum: Math.max(0, Math.min(minimum, target - 1)),
      maximum: maximum - 1,
      target: target - 1,
    },
    staying: stateful.map(({ id }) => id).filter((id) => id !== statefulInstanceId),
  };
}

/**
 * The next request. The API does not document whether a deallocation launches a replacement, lowers the target, or is
 * refused at the minimum, nor which instance it removes when the target is lowered first. So: lower the minimum, which
 * changes no instance; deallocate the one that leaves; then lower target and maximum; and correct what the API did beside
 * it: deallocate a replacement, and resume one that stays and was paused.
 */
export function nextDeparture(
  { group, stateful, instances }: GroupFleet,
  departure: Departure,
): DepartureStep {
  const { capacity, statefulInstanceId, staying } = departure;
  const { minimum, maximum, target } = group.capacity;
  if (target !== capacity.target && target !== capacity.target + 1)
    return {
      do: "fail",
      reason: `the target of ${group.id} is ${target}, and was ${capacity.target + 1} when this began: another change of the group would be undone; set the target back, or remove the state file to begin again`,
    };
  if (minimum > capacity.minimum)
    return { do: "resize", capacity: { minimum: capacity.minimum, maximum, target } };
  const leaving = stateful.find(({ id }) => id === statefulInstanceId);
  if (leaving !== undefined && !isKnown(leaving))
    return { do: "wait", reason: `the state of ${leaving.id} is ${leaving.state}` };
  if (leaving !== undefined && !isLeaving(leaving)) return { do: "deallocate", statefulInstanceId };
  if (target !== capacity.target || maximum !== capacity.maximum) return { do: "resize", capacity };
  const others = stateful.filter(
    (each) => each.id !== statefulInstanceId && !isSpare(each) && !isLeaving(each),
  );
  const paused = others.find(({ id, state }) => staying.includes(id) && state === "PAUSED");
  if (paused !== undefined && others.filter(isUp).length < capacity.target)
    return { do: "resume", statefulInstanceId: paused.id };
  const replacement = others.find(({ id }) => !staying.includes(id));
  if (replacement !== undefined && others.length > capacity.target)
    return { do: "deallocate", statefulInstanceId: replacement.id };
  const ends = stateful.find(isLeaving);
  if (ends !== undefined) return { do: "wait", reason: `${ends.id} is ${ends.state}` };
  const waits = others.find(({ state }) => state !== "ACTIVE" && state !== "PAUSED");
  if (waits !== undefined) return { do: "wait", reason: `${waits.id} is ${waits.state}` };
  const instance = instances.find(
    ({ privateIp, instanceId }) =>
      privateIp !== undefined && !others.some((each) => each.instanceId === instanceId),
  );
  if (instance !== undefined) return { do: "wait", reason: `${instance.instanceId} still runs` };
  return { do: "gone" };
}

function isUp({ state }: StatefulInstance): boolean {
  return !["PAUSE", "PAUSING", "PAUSED"].includes(state);
}

/** Whether its state is documented. In any other one it may be leaving. */
function isKnown({ state }: StatefulInstance): boolean {
  return (STATES as readonly string[]).includes(state);
}

/** Whether it is deallocated, or will be. */
export function isLeaving({ state }: StatefulInstance): boolean {
  return ["DEALLOCATE", "DEALLOCATING", "DEALLOCATED"].includes(state);
}
