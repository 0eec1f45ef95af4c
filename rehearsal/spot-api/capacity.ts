import { type JsonObject, numberAt, stringsAt } from "./json";
import { type StatefulInstance } from "./stateful-instance";

/** The changes that bring a group to its target capacity. */
export interface Fit {
  /** Parked stateful instances to resume first: they already have an address or data. */
  readonly wake: readonly StatefulInstance[];
  /** The number of stateful instances to add after that. */
  readonly add: number;
  /** Stateful instances to release, newest first. */
  readonly park: readonly StatefulInstance[];
}

/** The target capacity of a group. */
export function targetOf(group: JsonObject): number {
  return numberAt(group, "capacity.target") ?? 0;
}

/** One stateful instance for each unit of the target. Paused ones count, parked ones do not. */
export function fit(group: JsonObject, present: readonly StatefulInstance[]): Fit {
  const members = present.filter(({ parked }) => !parked);
  const wanted = Math.max(0, targetOf(group) - members.length);
  const wake = present.filter(({ parked }) => parked).slice(0, wanted);
  return { wake, add: wanted - wake.length, park: members.slice(targetOf(group)).reverse() };
}

/** The paused stateful instances that `shouldResumeStateful` resumes: as many as the target allows. */
export function pausedBelowTarget(
  group: JsonObject,
  present: readonly StatefulInstance[],
): StatefulInstance[] {
  const paused = present.filter(({ state }) => state === "PAUSED");
  return paused.slice(0, Math.max(0, targetOf(group) - (present.length - paused.length)));
}

/** The unused addresses of the pool. */
export function freeAddresses(group: JsonObject, present: readonly StatefulInstance[]): string[] {
  const held = present.map(({ privateIp }) => privateIp);
  return stringsAt(group, "compute.privateIps").filter((address) => !held.includes(address));
}

/** Stateful instances whose address left the pool before they first ran. All others keep their addresses. */
export function withdrawn(group: JsonObject, present: readonly StatefulInstance[]): StatefulInstance[] {
  const pool = stringsAt(group, "compute.privateIps");
  return present.filter(
    ({ pooled, parked, launchedAt, privateIp = "" }) =>
      pooled && parked && launchedAt === undefined && !pool.includes(privateIp),
  );
}
