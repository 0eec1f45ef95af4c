import { type JsonObject, numberAt, stringsAt } from "./json";
import { type StatefulInstance } from "./stateful-instance";

/** What brings a group to its target. */
export interface Fit {
  /** Parked ones to wake first: they have an address or data already. */
  readonly wake: readonly StatefulInstance[];
  /** How many to add after that. */
  readonly add: number;
  /** Those to give back, newest first. */
  readonly park: readonly StatefulInstance[];
}

/** How many instances a group wants. */
export function targetOf(group: JsonObject): number {
  return numberAt(group, "capacity.target") ?? 0;
}

/** One for each unit of the target. Those paused on purpose count, those that were parked do not. */
export function fit(group: JsonObject, present: readonly StatefulInstance[]): Fit {
  const members = present.filter(({ parked }) => !parked);
  const wanted = Math.max(0, targetOf(group) - members.length);
  const wake = present.filter(({ parked }) => parked).slice(0, wanted);
  return { wake, add: wanted - wake.length, park: members.slice(targetOf(group)).reverse() };
}

/** Those asleep that `shouldResumeStateful` wakes: as many as the target has room for. */
export function asleepBelowTarget(
  group: JsonObject,
  present: readonly StatefulInstance[],
): StatefulInstance[] {
  const asleep = present.filter(({ state }) => state === "PAUSED");
  return asleep.slice(0, Math.max(0, targetOf(group) - (present.length - asleep.length)));
}

/** The addresses of the pool that nobody has. */
export function freeAddresses(group: JsonObject, present: readonly StatefulInstance[]): string[] {
  const held = present.map(({ privateIp }) => privateIp);
  return stringsAt(group, "compute.privateIps").filter((address) => !held.includes(address));
}

/** Those whose address left the pool before they ever ran; the others keep what they have. */
export function withdrawn(group: JsonObject, present: readonly StatefulInstance[]): StatefulInstance[] {
  const pool = stringsAt(group, "compute.privateIps");
  return present.filter(
    ({ pooled, parked, launchedAt, privateIp = "" }) =>
      pooled && parked && launchedAt === undefined && !pool.includes(privateIp),
  );
}
