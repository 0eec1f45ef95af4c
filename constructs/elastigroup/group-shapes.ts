import {
  boolean,
  DEPENDABLE,
  list,
  map,
  number,
  object,
  oneOf,
  PROVIDER,
  required,
  type Shapes,
  text,
  textOrTexts,
  texts,
} from "../validation/shape";
import { Architecture } from "./architecture";
import { AvailabilityZones } from "./availability-zones";
import { type DataVolume, DataVolumeMode } from "./data-volume";
import { type Deallocation } from "./deallocation";
import { type GroupProps, type StatefulElastigroupProps } from "./group-props";
import { type HealthCheck, HealthCheckType } from "./health-check";
import { type InstanceTypes } from "./instance-types";
import { Orientation } from "./orientation";
import { type Persistence } from "./persistence";
import { type ResourceRequirements } from "./resource-requirements";
import { RevertToSpot } from "./revert-to-spot";
import { type RootVolume } from "./root-volume";
import { type Route53Domain, type Route53Record } from "./route53-domain";
import { type Strategy } from "./strategy";
import { type Volume, VolumeType } from "./volume";

const VOLUME: Shapes<Volume> = {
  volumeType: oneOf(VolumeType),
  iops: number(),
  throughput: number(),
  encrypted: boolean(),
  kmsKeyId: text(),
};

const rootVolume = object<RootVolume>({ ...VOLUME, size: number(), device: text() });

/** The shape of a data volume. */
export const DATA_VOLUME = object<DataVolume>({
  ...VOLUME,
  size: required(number()),
  device: text(),
  mode: oneOf(DataVolumeMode),
  snapshotId: text(),
});

const resourceRequirements = object<ResourceRequirements>({
  minMemory: required(number()),
  maxMemory: required(number()),
  minVcpus: required(number()),
  maxVcpus: required(number()),
  excludedFamilies: texts(),
  excludedTypes: texts(),
  excludedGenerations: texts(),
});

const instanceTypes = object<InstanceTypes>({
  onDemand: required(textOrTexts()),
  spot: texts(),
  preferredSpot: texts(),
  resourceRequirements,
});

const strategy = object<Strategy>({
  orientation: oneOf(Orientation),
  onDemandCount: number(),
  spotPercentage: number(),
  fallbackToOnDemand: boolean(),
  revertToSpot: oneOf(RevertToSpot, "within"),
  drainingTimeout: number(),
  maxReplacementsPercentage: number(),
  immediateOnDemandRecoverThreshold: number(),
  minimumInstanceLifetime: number(),
  utilizeReservedInstances: boolean(),
  utilizeCommitments: boolean(),
  considerOnDemandPricing: boolean(),
});

const record = object<Route53Record>({ name: required(text()), usePublicAddress: boolean() });

const domain = object<Route53Domain>({
  hostedZoneId: required(text()),
  records: required(list(record)),
  recordType: text(),
  account: text(),
});

/** The shapes of the properties of every group. */
export const GROUP_SHAPES: Shapes<GroupProps> = {
  name: required(text()),
  region: required(text()),
  description: text(),
  imageId: required(text()),
  architecture: oneOf(Architecture),
  instanceTypes: required(instanceTypes),
  availabilityZones: required(oneOf(AvailabilityZones, "of")),
  keyPair: text(),
  iamInstanceProfile: text(),
  persistence: object<Persistence>({ rootVolume: boolean(), privateIp: boolean(), dataVolume: boolean() }),
  rootVolume,
  privateIps: texts(),
  deallocation: object<Deallocation>({ images: boolean(), volumes: boolean(), snapshots: boolean() }),
  strategy,
  autoHealing: boolean(),
  healthCheck: object<HealthCheck>({
    checkType: oneOf(HealthCheckType),
    gracePeriod: number(),
    unhealthyDuration: number(),
  }),
  targetGroupArns: texts(),
  route53: list(domain),
  ebsOptimized: boolean(),
  monitoring: boolean(),
  metadataHopLimit: number(),
  instanceMetadataTags: boolean(),
  resumePaused: boolean(),
  tags: map(text()),
  ignoreChanges: texts(),
  overrides: object({}),
  protect: boolean(),
  adopt: text(),
  provider: PROVIDER,
  dependsOn: list(DEPENDABLE),
  lifecycle: object({}),
};

/** The shapes of a group's properties. */
export const ELASTIGROUP_SHAPES: Shapes<StatefulElastigroupProps> = {
  ...GROUP_SHAPES,
  securityGroupIds: required(texts()),
  capacity: required(number()),
  userData: text(),
  dataVolume: DATA_VOLUME,
};
