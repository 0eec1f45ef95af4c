/** A group, as the API returns it: of its many fields those that are read here. */
export interface SpotGroup {
  readonly id: string;
  readonly name: string;
  readonly region?: string;
  readonly capacity: { readonly minimum: number; readonly maximum: number; readonly target: number };
  readonly strategy?: {
    readonly persistence?: {
      readonly shouldPersistRootDevice?: boolean;
      readonly shouldPersistBlockDevices?: boolean;
      readonly shouldPersistPrivateIp?: boolean;
    };
  };
  readonly compute?: {
    readonly availabilityZones?: readonly { readonly name: string; readonly subnetIds?: readonly string[] }[];
    readonly instanceTypes?: {
      readonly ondemand?: string;
      /** In the place of `ondemand`, where there is more than one. */
      readonly onDemandTypes?: readonly string[];
      readonly spot?: readonly string[];
    };
    readonly launchSpecification?: { readonly imageId?: string; readonly userData?: string };
  };
}

/** A stateful instance: it keeps its volumes and its address while its EC2 instances are replaced. */
export interface StatefulInstance {
  readonly id: string;
  readonly state: string;
  /** The current EC2 instance; undefined while there is none. */
  readonly instanceId?: string;
  readonly privateIp?: string;
  readonly imageId?: string;
  readonly devices?: readonly { readonly deviceName?: string; readonly volumeId?: string }[];
  /** When its current EC2 instance was launched (RFC 3339). */
  readonly launchedAt?: string;
}

/** A running EC2 instance of a group. */
export interface SpotInstance {
  readonly instanceId: string;
  readonly instanceType?: string;
  readonly availabilityZone?: string;
  readonly privateIp?: string;
  /** Only spot instances have one. */
  readonly spotInstanceRequestId?: string;
}

/** The states of a stateful instance that the API documents. */
export const STATES = [
  ...["ACTIVE", "PAUSE", "PAUSING", "PAUSED", "RESUME", "RESUMING", "RECYCLE", "RECYCLING"],
  ...["DEALLOCATE", "DEALLOCATING", "DEALLOCATED", "ERROR"],
] as const;

/** What can be done to a stateful instance. */
export type StatefulAction = "pause" | "resume" | "recycle" | "deallocate";
