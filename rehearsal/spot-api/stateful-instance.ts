import { type JsonObject } from "./json";

/** The states of a stateful instance in the API. */
export type StatefulState =
  "ACTIVE" | "PAUSING" | "PAUSED" | "RESUMING" | "RECYCLING" | "DEALLOCATING" | "DEALLOCATED" | "ERROR";

/** The actions on a stateful instance, and the states in which they are allowed. */
export const actions = {
  pause: ["ACTIVE"],
  resume: ["PAUSED", "ERROR"],
  recycle: ["ACTIVE", "ERROR"],
  deallocate: ["ACTIVE", "PAUSED", "RESUMING", "RECYCLING", "PAUSING", "ERROR"],
} as const satisfies Record<string, readonly StatefulState[]>;

/** An action of the API on a stateful instance. */
export type StatefulAction = keyof typeof actions;

/** The current EC2 instance of a stateful instance. */
export interface Instance {
  readonly id: string;
  readonly type: string;
  readonly lifecycle: "SPOT" | "OD";
  /** Only for spot instances. */
  readonly spotRequestId?: string;
  readonly launchedAt: string;
}

/** A data volume. */
export interface Device {
  readonly deviceName: string;
  readonly volumeId: string;
}

/** A stateful instance: it keeps its data and address while its EC2 instances are replaced. */
export interface StatefulInstance {
  readonly id: string;
  readonly groupId: string;
  readonly availabilityZone: string;
  readonly subnetId: string;
  readonly createdAt: string;
  /** Whether the address is from the pool of the group. */
  readonly pooled: boolean;
  state: StatefulState;
  /** Paused by the API: a spare address of the pool, or released capacity. */
  parked: boolean;
  privateIp?: string;
  imageId?: string;
  launchedAt?: string;
  devices: readonly Device[];
  instance?: Instance;
}

/** Whether it is deallocated or being deallocated. */
export function isLeaving({ state }: StatefulInstance): boolean {
  return state === "DEALLOCATING" || state === "DEALLOCATED";
}

/** Its item in the list of stateful instances. */
export function listed(stateful: StatefulInstance): JsonObject {
  return defined({
    id: stateful.id,
    instanceId: stateful.instance?.id,
    privateIp: stateful.privateIp,
    imageId: stateful.imageId,
    state: stateful.state,
    devices: stateful.devices.map((device) => ({ ...device })),
    launchedAt: stateful.launchedAt,
    createdAt: stateful.createdAt,
  });
}

/** Its item in the health of the group's instances; undefined if no instance is running. */
export function health(stateful: StatefulInstance): JsonObject[] {
  const { instance } = stateful;
  if (instance === undefined) return [];
  return [
    defined({
      instanceId: instance.id,
      spotRequestId: instance.spotRequestId,
      groupId: stateful.groupId,
      availabilityZone: stateful.availabilityZone,
      lifeCycle: instance.lifecycle,
      healthStatus: stateful.state === "ACTIVE" ? "HEALTHY" : "INSUFFICIENT_DATA",
    }),
  ];
}

/** Its item in the status of the group; undefined if no instance is running. */
export function status(stateful: StatefulInstance, product: string): JsonObject[] {
  const { instance } = stateful;
  if (instance === undefined) return [];
  return [
    defined({
      spotInstanceRequestId: instance.spotRequestId,
      instanceId: instance.id,
      instanceType: instance.type,
      product,
      groupId: stateful.groupId,
      availabilityZone: stateful.availabilityZone,
      privateIp: stateful.privateIp,
      createdAt: instance.launchedAt,
      status: "fulfilled",
      lockStatus: "unlocked",
    }),
  ];
}

function defined(view: Record<string, JsonObject[string] | undefined>): JsonObject {
  return JSON.parse(JSON.stringify(view)) as JsonObject;
}
