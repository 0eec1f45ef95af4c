import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { type TerraformVariables } from "../../rehearsal/terraform";
import { example } from "../config/example";
import { ROOT } from "../support/folder";
import { groupsOf, layDown, record } from "./recording";

// `npm run record-upgrade`, once for each version before it is published. It records the JSON and state of that version,
// which later versions are planned against.

const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };

/** The state file next to the JSON. */
const backend = "none";

/** The configs, in this order, since some use the groups of earlier ones. */
const CONFIGS: Readonly<Record<string, readonly [config: object, variables?: TerraformVariables]>> = {
  minimal: [example({ backend })],
  full: [
    example({
      backend,
      description: "Replicas of the orders cluster",
      account: "act-00000001",
      replicas: 6,
      keyPair: "operations",
      iamInstanceProfile: "orders-redis",
      tags: { team: "orders" },
      protect: true,
      redis: { maxMemory: "12gb", backlogSize: "512mb", directives: { hz: 50 } },
      strategy: { orientation: "equalZones", revertToSpot: ["Sun:03:00-Sun:05:00"] },
      rootVolume: { size: 40 },
    }),
  ],
  options: [
    example({
      backend,
      architecture: "x86_64",
      instanceTypes: {
        onDemand: "r6i.large",
        spot: ["r6i.large", "r5.large", "r99x.large"],
        preferredSpot: ["r6i.large"],
      },
      availabilityZones: { "us-west-2a": ["subnet-0a1b", "subnet-0a1c"], "us-west-2b": ["subnet-0a2b"] },
      preferredZones: ["us-west-2a"],
      placementGroups: { "us-west-2b": "near" },
      zonesRevision: 2,
      privateIps: ["10.0.1.21", "10.0.1.22", "10.0.1.23"],
      rootVolume: { size: 40, iops: 4000, throughput: 500, kmsKeyId: "alias/redis", device: "/dev/sda1" },
      deallocation: { images: false, snapshots: false },
      strategy: {
        fallbackToOnDemand: false,
        drainingTimeout: 60,
        maxReplacementsPercentage: 25,
        utilizeReservedInstances: true,
        utilizeCommitments: true,
      },
      healthCheck: { type: "TARGET_GROUP", gracePeriod: 600, unhealthyDuration: 60 },
      targetGroupArns: ["arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/redis/0a1b"],
      route53: [
        {
          hostedZoneId: "Z0123456789ABCDEFGHIJ",
          records: [{ name: "a.example.com" }, { name: "b.example.com", usePublicAddress: true }],
        },
        {
          hostedZoneId: "Z1",
          recordType: "cname",
          account: "act-1a2b3c4d",
          records: [{ name: "c.example.com" }],
        },
      ],
      bootScript: { before: "echo before", after: "echo after" },
      monitoring: true,
      ebsOptimized: false,
      autoHealing: false,
    }),
  ],
  requirements: [
    example({
      backend,
      instanceTypes: {
        onDemand: "r6i.large",
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
      strategy: { orientation: "cost", revertToSpot: "always" },
      redis: { install: "package" },
    }),
  ],
  // AWS is not simulated, so the JSON of these configs is recorded and not applied.
  network: [
    example({
      backend,
      securityGroupIds: undefined,
      network: {
        vpcId: "vpc-1",
        masters: { securityGroupId: "sg-0123456789abcdef1" },
        clients: [{ cidr: "10.0.0.0/8" }, { prefixListId: "pl-0123456789abcdef0" }],
        openMasters: true,
      },
    }),
  ],
  secrets: [
    example({
      backend,
      secrets: { secretArns: ["arn:aws:secretsmanager:us-west-2:123456789012:secret:redis-a1B2c3"] },
    }),
  ],
  variables: [
    example({
      backend,
      masters: { variable: "masters" },
      replicas: { variable: "replicas" },
      imageId: { variable: "image_id" },
      availabilityZones: { variable: "zones" },
    }),
    {
      masters: ["10.0.1.10", "10.0.1.11"],
      replicas: 2,
      image_id: "ami-0123456789abcdef0",
      zones: { "us-west-2a": ["subnet-0a1b"], "us-west-2b": ["subnet-0a2b", "subnet-0a3b"] },
    },
  ],
  shards: [
    example({
      backend,
      replicas: undefined,
      shards: [
        { name: "a", master: "10.0.1.10", replicas: 1 },
        { name: "b", master: "10.0.1.11", replicas: 2 },
      ],
    }),
  ],
};

/** Imports the group of another config. */
const ADOPTED = { name: "adopted", of: "minimal" };

async function recordAll(): Promise<void> {
  for (const [name, [config, variables = {}]] of Object.entries(CONFIGS)) {
    layDown(join(version, name), stringify(config), variables);
    await record(join(version, name));
  }
  const standing = groupsOf(join(version, ADOPTED.of));
  const adopt = standing[0]!["id"];
  layDown(join(version, ADOPTED.name), stringify(example({ backend, adopt })), {});
  await record(join(version, ADOPTED.name), standing);
}

void recordAll();
