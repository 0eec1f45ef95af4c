import { ElastigroupAws } from "@cdktf/provider-spotinst/lib/elastigroup-aws";
import { SpotinstProvider } from "@cdktf/provider-spotinst/lib/provider";
import { App, Fn, TerraformLocal, TerraformOutput, TerraformStack } from "cdktf";
import { readFileSync } from "node:fs";

/*
 * The baseline for the command line: the same group, written by hand for this one cluster.
 * node minimal-app.js USER-DATA-FILE [GROUPS]
 */

const [file = "", groups = "1"] = process.argv.slice(2);
const script = readFileSync(file, "utf8").replace(/[$%]\{/g, (start) => start[0] + start);

const app = new App();
for (let number = 1; number <= Number(groups); number++) {
  const name = number === 1 ? "redis-replicas" : `redis-replicas-${number}`;
  const stack = new TerraformStack(app, name);
  new SpotinstProvider(stack, "spotinst");
  const userData = new TerraformLocal(stack, "user_data", script);
  const group = new ElastigroupAws(stack, "replicas", {
    name,
    description: "Redis Cluster replicas",
    region: "us-west-2",
    product: "Linux/UNIX",
    capacityUnit: "instance",
    minSize: 3,
    maxSize: 3,
    desiredCapacity: 3,
    imageId: "ami-0123456789abcdef0",
    instanceTypesOndemand: "r6i.large",
    instanceTypesSpot: ["r6i.large", "r6a.large", "r5.large", "r5a.large"],
    availabilityZones: ["us-west-2a:subnet-0a1b2c3d4e5f60001", "us-west-2b:subnet-0a1b2c3d4e5f60002"],
    securityGroups: ["sg-0123456789abcdef0"],
    placementTenancy: "default",
    ebsOptimized: true,
    enableMonitoring: false,
    metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
    resourceTagSpecification: [
      { shouldTagVolumes: true, shouldTagSnapshots: true, shouldTagEnis: true, shouldTagAmis: true },
    ],
    orientation: "availabilityOriented",
    spotPercentage: 100,
    fallbackToOndemand: true,
    revertToSpot: { performAt: "never" },
    drainingTimeout: 120,
    persistRootDevice: true,
    persistPrivateIp: true,
    persistBlockDevices: false,
    ebsBlockDevice: [
      {
        deviceName: "/dev/xvda",
        volumeType: "gp3",
        volumeSize: 44,
        iops: 3000,
        throughput: 125,
        encrypted: true,
        deleteOnTermination: false,
      },
    ],
    statefulDeallocation: {
      shouldDeleteImages: true,
      shouldDeleteNetworkInterfaces: true,
      shouldDeleteSnapshots: true,
      shouldDeleteVolumes: true,
    },
    autoHealing: true,
    healthCheckType: "EC2",
    healthCheckGracePeriod: 300,
    healthCheckUnhealthyDurationBeforeReplacement: 120,
    updatePolicy: { shouldRoll: false, shouldResumeStateful: false, autoApplyTags: true },
    userData: Fn.base64gzip(userData.asString),
    lifecycle: {
      ignoreChanges: [
        "lifetime_period",
        "utilize_reserved_instances",
        "product",
        "capacity_unit",
        "ebs_block_device",
      ],
    },
  });
  new TerraformOutput(stack, "group_id", { value: group.id });
}
app.synth();
