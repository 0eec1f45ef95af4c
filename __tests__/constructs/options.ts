import { SpotinstProvider } from "@cdktf/provider-spotinst/lib/provider";
import { type App, TerraformStack } from "cdktf";
import {
  Architecture,
  AvailabilityZones,
  DataVolumeMode,
  HealthCheckType,
  Orientation,
  RevertToSpot,
  StatefulElastigroup,
  type StatefulElastigroupProps,
  VolumeType,
} from "../../constructs";

/** The smallest group. */
export const bare: StatefulElastigroupProps = {
  name: "group",
  region: "us-west-2",
  capacity: 2,
  imageId: "ami-0123456789abcdef0",
  instanceTypes: { onDemand: "r6i.large", spot: ["r6i.large", "r5.large"] },
  availabilityZones: AvailabilityZones.of({ "us-west-2a": ["subnet-0a1b"], "us-west-2b": ["subnet-0a2b"] }),
  securityGroupIds: ["sg-0123456789abcdef0"],
};

/** All options that can be combined, each with another value than its default. Conflicting options are in `others`. */
export const everything: StatefulElastigroupProps = {
  name: "everything",
  region: "us-west-2",
  description: "every option",
  capacity: 4,
  imageId: "ami-0123456789abcdef0",
  architecture: Architecture.ARM64,
  instanceTypes: {
    onDemand: "r7g.large",
    spot: ["r7g.large", "r6g.large", "r99g.large"],
    preferredSpot: ["r7g.large"],
  },
  availabilityZones: AvailabilityZones.of(
    { "us-west-2b": ["subnet-0b1", "subnet-0b2"], "us-west-2a": ["subnet-0a1"] },
    { preferred: ["us-west-2b"], placementGroups: { "us-west-2a": "near" }, revision: 3 },
  ),
  securityGroupIds: ["sg-02", "sg-01"],
  keyPair: "admin",
  iamInstanceProfile: "arn:aws-cn:iam::123456789012:instance-profile/redis",
  persistence: { rootVolume: true, privateIp: true, dataVolume: true },
  rootVolume: {
    size: 32,
    iops: 4000,
    throughput: 500,
    kmsKeyId: "alias/redis",
    device: "/dev/sda1",
  },
  dataVolume: {
    size: 100,
    volumeType: VolumeType.IO1,
    iops: 5000,
    encrypted: false,
    device: "/dev/sdf",
    mode: DataVolumeMode.SNAPSHOT,
    snapshotId: "snap-0123456789abcdef0",
  },
  privateIps: ["10.0.1.21", "10.0.1.22", "10.0.1.23"],
  deallocation: { images: false, volumes: false, snapshots: true },
  strategy: {
    orientation: Orientation.BALANCED,
    fallbackToOnDemand: false,
    revertToSpot: RevertToSpot.within("Sun:03:00-Sun:05:00"),
    drainingTimeout: 60,
    maxReplacementsPercentage: 25,
    immediateOnDemandRecoverThreshold: 50,
    minimumInstanceLifetime: 12,
    utilizeReservedInstances: true,
    utilizeCommitments: true,
    considerOnDemandPricing: true,
    onDemandCount: 2,
  },
  autoHealing: false,
  healthCheck: { checkType: HealthCheckType.TARGET_GROUP, gracePeriod: 600, unhealthyDuration: 60 },
  targetGroupArns: [
    "arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/checks/0123456789abcdef",
  ],
  route53: [
    {
      hostedZoneId: "Z0123456789ABCDEFGHIJ",
      records: [{ name: "replicas.example.com" }, { name: "public.example.com", usePublicAddress: true }],
      account: "act-1a2b3c4d",
    },
    { hostedZoneId: "Z2", recordType: "cname", records: [{ name: "c.example.com", usePublicAddress: true }] },
  ],
  ebsOptimized: false,
  monitoring: true,
  metadataHopLimit: 2,
  instanceMetadataTags: true,
  resumePaused: true,
  tags: { Name: "redis", team: "data" },
  ignoreChanges: ["shutdown_script"],
  overrides: { restrict_single_az: true, placement_tenancy: "dedicated" },
  protect: false,
  userData: "#!/bin/sh\necho hello\n",
};

/** Options that exclude an option of `everything`. */
export const others: StatefulElastigroupProps = {
  ...bare,
  name: "others",
  instanceTypes: {
    onDemand: ["r6i.large", "m6i.xlarge"],
    resourceRequirements: {
      minMemory: 16,
      maxMemory: 64,
      minVcpus: 2,
      maxVcpus: 8,
      excludedFamilies: ["t"],
      excludedTypes: ["m3.large"],
      excludedGenerations: ["1"],
    },
  },
  persistence: { rootVolume: false },
  rootVolume: { size: 50, volumeType: VolumeType.GP2 },
  dataVolume: { size: 10 },
  strategy: { revertToSpot: RevertToSpot.ALWAYS, orientation: Orientation.COST, spotPercentage: 50 },
};

/** A stack `redis` with such a group. Its props can refer to other elements of the stack. */
export function groupStack(
  props: StatefulElastigroupProps | ((stack: TerraformStack) => StatefulElastigroupProps),
  more?: (group: StatefulElastigroup) => void,
  id = "group",
) {
  return (app: App): TerraformStack => {
    const stack = new TerraformStack(app, "redis");
    stack.addOverride("terraform.backend.local.path", "terraform.tfstate");
    new SpotinstProvider(stack, "spotinst");
    const group = new StatefulElastigroup(stack, id, typeof props === "function" ? props(stack) : props);
    more?.(group);
    return stack;
  };
}
