import { list, object, oneOf, required, type Shapes } from "../validation/shape";
import { Architecture } from "./architecture";
import { AvailabilityZones } from "./availability-zones";
import { type DataVolume, DataVolumeMode } from "./data-volume";
import { type GroupProps, type StatefulElastigroupProps } from "./group-props";
import { type HealthCheck, HealthCheckType } from "./health-check";
import { type InstanceTypes } from "./instance-types";
import { Orientation } from "./orientation";
import { type ResourceRequirements } from "./resource-requirements";
import { RevertToSpot } from "./revert-to-spot";
import { type RootVolume } from "./root-volume";
import { type Route53Domain } from "./route53-domain";
import { type Strategy } from "./strategy";
import { VolumeType } from "./volume";

const volumeType = oneOf(VolumeType);

/** The shapes of a data volume. */
export const DATA_VOLUME = object<DataVolume>({ volumeType, mode: oneOf(DataVolumeMode) });

const requirements = object<ResourceRequirements>({
  excludedFamilies: list(),
  excludedTypes: list(),
  excludedGenerations: list(),
});

/** The shapes of the properties of every group. */
export const GROUP_SHAPES: Shapes<GroupProps> = {
  architecture: oneOf(Architecture),
  instanceTypes: required(
    object<InstanceTypes>({ spot: list(), preferredSpot: list(), resourceRequirements: requirements }),
  ),
  availabilityZones: required(oneOf(AvailabilityZones, "of")),
  persistence: object(),
  rootVolume: object<RootVolume>({ volumeType }),
  privateIps: list(),
  deallocation: object(),
  strategy: object<Strategy>({
    orientation: oneOf(Orientation),
    revertToSpot: oneOf(RevertToSpot, "within"),
  }),
  healthCheck: object<HealthCheck>({ checkType: oneOf(HealthCheckType) }),
  targetGroupArns: list(),
  route53: list(object<Route53Domain>({ records: required(list(object())) })),
  tags: object(),
  ignoreChanges: list(),
  overrides: object(),
};

/** The shapes of a group's properties. */
export const ELASTIGROUP_SHAPES: Shapes<StatefulElastigroupProps> = {
  ...GROUP_SHAPES,
  securityGroupIds: required(list()),
  dataVolume: DATA_VOLUME,
};
