import { type JsonObject } from "./json";

/** The states in which a stateful instance can be seen. */
export type StatefulState =
  "ACTIVE" | "PAUSING" | "PAUSED" | "RESUMING" | "RECYCLING" | "DEALLOCATING" | "DEALLOCATED" | "ERROR";

/** What can be asked of a stateful instance, and the states in which it may be. */
export const actions = {
  pause: ["ACTIVE"],
  resume: ["PAUSED", "ERROR"],
  recycle: ["ACTIVE", "ERROR"],
  deallocate: ["ACTIVE", "PAUSED", "RESUMING", "RECYCLING", "PAUSING", "ERROR"],
} as const satisfies Record<string, readonly StatefulState[]>;

/** An action of the API on a stateful instance. */
export type StatefulAction = keyof typeof actions;

/** The EC2 instance that a stateful instance runs on at the moment. */
export interface Instance {
  readonly id: string;
  readonly type: string;
  readonly lifecycle: "SPOT" | "OD";
  /** Only spot instances have one. */
  readonly spotRequestId?: string;
  readonly launchedAt: string;
}

/** A data volume. */
export interface Device {
  readonly deviceName: string;
  readonly volumeId: string;
}

/** A stateful instance: the thing that keeps its data and address while EC2 instances come and go. */
export interface StatefulInstance {
  readonly id: string;
  readonly groupId: string;
  readonly availabilityZone: string;
  readonly subnetId: string;
  readonly createdAt: string;
  /** The address comes from the group's pool. */
  readonly pooled: boolean;
  state: StatefulState;
  /** Paused by the API itself: a spare address of the pool, or capacity that was given back. */
  parked: boolean;
  privateIp?: string;
  imageId?: string;
  launchedAt?: string;
  devices: readonly Device[];
  instance?: Instance;
}

/** Whether it is gone or on its way out. */
export function isLeaving({ state }: StatefulInstance): boolean {
  return state === "DEALLOCATING" || state === "DEALLOCATED";
}

/** As the list of stateful instances shows it. */
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

/** As the health of the group's instances shows it; nothing where no instance runs. */
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

/** As the status of the group shows it; nothing where no instance runs. */
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
