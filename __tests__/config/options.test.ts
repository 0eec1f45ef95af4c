import { App, Testing } from "cdktf";
import fc from "fast-check";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { check } from "../../config/load";
import { clusterConfig } from "../../config/schema";
import { Source } from "../../config/source";
import { addStack, addStacks } from "../../config/stack";
import { example, exampleConfig } from "./example";
import { constructMessages, messages } from "./messages";
import { temporaryFolder } from "../support/folder";

const folder = temporaryFolder();
const requirements = { minMemory: 16, maxMemory: 32, minVcpus: 2, maxVcpus: 8 };
const shard = { name: "a", master: "10.0.1.10", replicas: 2 };
const sharded = (...shards: unknown[]) => ({ replicas: undefined, shards });
const arn = "arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/checks/0123456789abcdef";

describe("each mistake is exactly one message", () => {
  test.each<[mistake: string, changes: Record<string, unknown>, message: string]>([
    [
      "an unknown architecture",
      { architecture: "arm" },
      '`architecture` must be one of x86_64, arm64, got: "arm"',
    ],
    [
      "a type of another architecture than the image's",
      { architecture: "x86_64", instanceTypes: { onDemand: "r6i.large", spot: ["r5.large", "r7g.large"] } },
      '`instanceTypes.spot[1]` must be x86_64, not arm64, got: "r7g.large"',
    ],
    [
      "types of two architectures",
      { instanceTypes: { onDemand: "r7g.large", spot: ["r5.large"] } },
      '`instanceTypes.spot[0]` must be arm64, not x86_64 as r7g.large: one image runs on all, got: "r5.large"',
    ],
    [
      "an unknown family without an architecture",
      { instanceTypes: { onDemand: "r99.large", spot: ["r5.large"] } },
      '`instanceTypes.onDemand` must be of a family this package knows, unless `architecture` is given, got: "r99.large"',
    ],
    [
      "an on-demand type of another architecture",
      { instanceTypes: { onDemand: ["r6i.large", "r7g.large"], spot: ["r5.large"] } },
      '`instanceTypes.onDemand[1]` must be x86_64, not arm64 as r6i.large: one image runs on all, got: "r7g.large"',
    ],
    [
      "an on-demand type twice",
      { instanceTypes: { onDemand: ["r5.large", "r6i.large", "r5.large"], spot: ["r5.large"] } },
      '`instanceTypes.onDemand[2]` must name each instance type once, got: "r5.large"',
    ],
    [
      "no on-demand type",
      { instanceTypes: { onDemand: [], spot: ["r5.large"] } },
      "`instanceTypes.onDemand` must name at least one instance type, got: []",
    ],
    [
      "an invalid on-demand type",
      { instanceTypes: { onDemand: "large", spot: ["r5.large"] } },
      '`instanceTypes.onDemand` must be an instance type such as r6i.large, got: "large"',
    ],
    [
      "a list of on-demand types with an invalid one",
      { instanceTypes: { onDemand: ["r6i.large", "large"], spot: ["r5.large"] } },
      '`instanceTypes.onDemand[1]` must be an instance type such as r6i.large, got: "large"',
    ],
    [
      "on-demand types that are neither text nor list",
      { instanceTypes: { onDemand: 5, spot: ["r5.large"] } },
      "`instanceTypes.onDemand` must be an instance type such as r6i.large, or a list of them, got: 5",
    ],
    [
      "an override of what recovery rests on",
      { overrides: { persist_root_device: false } },
      '`overrides.persist_root_device` must be left out: `persistence.rootVolume` sets it, got: "persist_root_device"',
    ],
    [
      "an override of an attribute that has a key",
      { overrides: { iam_instance_profile: "own" } },
      '`overrides.iam_instance_profile` must be left out: `iamInstanceProfile` sets it, got: "iam_instance_profile"',
    ],
    [
      "overrides that are no map",
      { overrides: "hunter2" },
      "`overrides` must be a map from attributes to their values, got: a text",
    ],
    [
      "an override of what acts on all instances",
      { overrides: { wait_for_capacity: 3 } },
      '`overrides.wait_for_capacity` must be left out: a timeout taints the group, and the next apply destroys it, got: "wait_for_capacity"',
    ],
    [
      "an override with a secret",
      { overrides: { integration_rancher: [{ secret_key: "hunter2" }] } },
      '`overrides.integration_rancher[0].secret_key` must be left out: the JSON and the state would have the secret in clear text, got: "secret_key"',
    ],
    [
      "an override that is no attribute",
      { overrides: { "metadata_options.http_tokens": "optional" } },
      '`overrides.metadata_options.http_tokens` must be the name of an attribute of spotinst_elastigroup_aws such as cpu_credits, got: "metadata_options.http_tokens"',
    ],
    [
      "an ignored change that must not be lost",
      { ignoreChanges: ["user_data"] },
      '`ignoreChanges[0]` must name another attribute: a change of the boot script would be lost, got: "user_data"',
    ],
    [
      "an on-demand count and a percentage",
      { strategy: { onDemandCount: 1, spotPercentage: 50 } },
      "`strategy.spotPercentage` must be left out where `onDemandCount` is given, got: 50",
    ],
    [
      "no on-demand replica, as a number",
      { strategy: { onDemandCount: 0 } },
      "`strategy.onDemandCount` must be a whole number from 1 to 1000, got: 0",
    ],
    [
      "more than all on spot",
      { strategy: { spotPercentage: 101 } },
      "`strategy.spotPercentage` must be a whole number from 0 to 100 percent, got: 101",
    ],
    [
      "neither spot types nor requirements",
      { instanceTypes: { onDemand: "r5.large" } },
      "`instanceTypes.spot` must be given unless `resourceRequirements` is given, got: nothing. Add it, such as `spot: [r6i.large, r6a.large, r5.large]`.",
    ],
    [
      "spot types and requirements",
      { instanceTypes: { onDemand: "r5.large", spot: ["r5.large"], resourceRequirements: requirements } },
      `\`instanceTypes.resourceRequirements\` must be left out where \`instanceTypes.spot\` is given, got: ${JSON.stringify(requirements)}`,
    ],
    [
      "an empty range of memory",
      { instanceTypes: { onDemand: "r5.large", resourceRequirements: { ...requirements, minMemory: 33 } } },
      "`instanceTypes.resourceRequirements.minMemory` must be at most `maxMemory` (32), got: 33",
    ],
    [
      "too many vCPUs",
      { instanceTypes: { onDemand: "r5.large", resourceRequirements: { ...requirements, maxVcpus: 65 } } },
      "`instanceTypes.resourceRequirements.maxVcpus` must be a whole number from 1 to 64, got: 65",
    ],
    [
      "an incomplete requirement",
      {
        instanceTypes: {
          onDemand: "r5.large",
          resourceRequirements: { ...requirements, minVcpus: undefined },
        },
      },
      "`instanceTypes.resourceRequirements.minVcpus` must be given, got: nothing. Add it, such as `minVcpus: 2`.",
    ],
    [
      "an invalid generation",
      {
        instanceTypes: {
          onDemand: "r5.large",
          resourceRequirements: { ...requirements, excludedGenerations: ["first"] },
        },
      },
      '`instanceTypes.resourceRequirements.excludedGenerations[0]` must be a generation of instance types such as 1, got: "first"',
    ],
    [
      "a preferred zone outside the group",
      { preferredZones: ["us-west-2c"] },
      '`preferredZones[0]` must be a zone of `availabilityZones`, got: "us-west-2c"',
    ],
    [
      "a preferred zone with equal zones",
      { preferredZones: ["us-west-2a"], strategy: { orientation: "equalZones" } },
      '`preferredZones` must be left out with an orientation that uses all zones alike, got: ["us-west-2a"]',
    ],
    [
      "a placement group in a zone outside the group",
      { placementGroups: { "us-west-2c": "near" } },
      '`placementGroups.us-west-2c` must be a zone of `availabilityZones`, got: "us-west-2c"',
    ],
    [
      "a placement group with a colon",
      { placementGroups: { "us-west-2a": "a:b" } },
      '`placementGroups.us-west-2a` must be the name of a placement group, without blanks and colons, got: "a:b"',
    ],
    [
      "placement groups of zones that are known only to Terraform",
      { availabilityZones: { variable: "zones" }, placementGroups: { "us-west-2a": "near" } },
      '`placementGroups` must be left out where `availabilityZones` is a variable, got: {"us-west-2a":"near"}',
    ],
    [
      "a revision of zero",
      { zonesRevision: 0 },
      "`zonesRevision` must be a whole number from 1 to 1000000, got: 0",
    ],
    [
      "a root volume without a size",
      { rootVolume: { encrypted: false } },
      "`rootVolume.size` must be given with any other key but `device`, got: nothing",
    ],
    [
      "an unknown volume type",
      { rootVolume: { size: 20, type: "gp4" } },
      '`rootVolume.type` must be one of gp3, gp2, io1, got: "gp4". Did you mean `gp3`?',
    ],
    [
      "a volume larger than those of its type",
      { rootVolume: { size: 20_000, type: "gp2" } },
      "`rootVolume.size` must be a whole number from 1 to 16384 GiB for gp2, got: 20000",
    ],
    [
      "io1 without its IOPS",
      { rootVolume: { size: 20, type: "io1" } },
      "`rootVolume.iops` must be given for io1, got: nothing",
    ],
    [
      "IOPS of gp2",
      { rootVolume: { size: 20, type: "gp2", iops: 3000 } },
      "`rootVolume.iops` must be left out for gp2, got: 3000",
    ],
    [
      "more IOPS than the size allows",
      { rootVolume: { size: 8, iops: 5000 } },
      "`rootVolume.iops` must be at most 500 per GiB of `size` for gp3, got: 5000",
    ],
    [
      "more throughput than the IOPS allow",
      { rootVolume: { size: 20, throughput: 800 } },
      "`rootVolume.throughput` must be at most a quarter of `iops` (750 MiB/s), got: 800",
    ],
    [
      "more throughput than Spot takes",
      { rootVolume: { size: 20, iops: 8000, throughput: 1001 } },
      "`rootVolume.throughput` must be a whole number from 125 to 1000 MiB/s, got: 1001",
    ],
    [
      "a key for a volume that is not encrypted",
      { rootVolume: { size: 20, encrypted: false, kmsKeyId: "alias/redis" } },
      '`rootVolume.kmsKeyId` must be left out unless `encrypted` is true, got: "alias/redis"',
    ],
    [
      "an invalid KMS key",
      { rootVolume: { size: 20, kmsKeyId: "redis" } },
      '`rootVolume.kmsKeyId` must be the id, alias or ARN of a KMS key, got: "redis"',
    ],
    [
      "an invalid device",
      { rootVolume: { size: 20, device: "xvda" } },
      '`rootVolume.device` must be a device such as /dev/xvda or /dev/sdf, got: "xvda"',
    ],
    [
      "a data volume without a size",
      { dataVolume: { mode: "reattach" } },
      "`dataVolume.size` must be given, got: nothing. Add it, such as `size: 32`.",
    ],
    [
      "an unknown data volume mode",
      { dataVolume: { size: 20, mode: "snapshots" } },
      '`dataVolume.mode` must be one of reattach, snapshot, got: "snapshots". Did you mean `snapshot`?',
    ],
    [
      "a data volume at the root device",
      { dataVolume: { size: 20, device: "/dev/xvda" } },
      '`dataVolume.device` must differ from the root volume\'s, got: "/dev/xvda"',
    ],
    [
      "a data volume with more than its size allows",
      { dataVolume: { size: 8, iops: 5000 } },
      "`dataVolume.iops` must be at most 500 per GiB of `size` for gp3, got: 5000",
    ],
    [
      "an invalid snapshot",
      { dataVolume: { size: 20, snapshotId: "ami-1" } },
      '`dataVolume.snapshotId` must be a snapshot id such as snap-0123456789abcdef0, got: "ami-1"',
    ],
    [
      "`persistence.dataVolume` without a data volume",
      { persistence: { dataVolume: true } },
      "`persistence.dataVolume` must be left out without `dataVolume`, got: true",
    ],
    [
      "kept network interfaces, which are not configurable",
      { deallocation: { networkInterfaces: false } },
      '`deallocation.networkInterfaces` must be a known key, got: "networkInterfaces". Spot always deletes them, and its provider cannot change this.',
    ],
    [
      "reserved instances set to false",
      { strategy: { utilizeReservedInstances: false } },
      "`strategy.utilizeReservedInstances` must be true or be left out (the provider sends no false), got: false",
    ],
    [
      "a lifetime that Spot does not know",
      { strategy: { minimumInstanceLifetime: 4 } },
      "`strategy.minimumInstanceLifetime` must be one of 1, 3, 6, 12, 24, got: 4",
    ],
    [
      "a percentage above 100",
      { strategy: { maxReplacementsPercentage: 101 } },
      "`strategy.maxReplacementsPercentage` must be a whole number from 1 to 100 percent, got: 101",
    ],
    [
      "a grace period of zero",
      { healthCheck: { gracePeriod: 0 } },
      "`healthCheck.gracePeriod` must be a whole number from 1 to 86400 seconds, got: 0",
    ],
    [
      "health checks without target groups",
      { healthCheck: { type: "TARGET_GROUP" } },
      '`healthCheck.type` must be another one without `targetGroupArns`, got: "TARGET_GROUP"',
    ],
    [
      "a target group by its name",
      { targetGroupArns: ["checks"] },
      '`targetGroupArns[0]` must be the ARN of a target group in the partition aws (Spot\'s provider takes no other), got: "checks"',
    ],
    [
      "an invalid hosted zone",
      { route53: [{ hostedZoneId: "example.com", records: [{ name: "a.example.com" }] }] },
      '`route53[0].hostedZoneId` must be the id of a hosted zone such as Z0123456789ABCDEFGHIJ, got: "example.com"',
    ],
    [
      "an unknown record type",
      { route53: [{ hostedZoneId: "Z1", recordType: "aaaa", records: [{ name: "a.example.com" }] }] },
      '`route53[0].recordType` must be one of a, cname, got: "aaaa"',
    ],
    [
      "too many hops",
      { metadataHopLimit: 65 },
      "`metadataHopLimit` must be a whole number from 1 to 64, got: 65",
    ],
    [
      "more addresses than replicas",
      { replicas: 1, privateIps: ["10.0.1.21", "10.0.1.22"] },
      '`privateIps` must name at most as many as there are instances (1), got: ["10.0.1.21","10.0.1.22"]',
    ],
    [
      "addresses that are not kept",
      { privateIps: ["10.0.1.21"], persistence: { privateIp: false } },
      '`privateIps` must be left out unless `persistence.privateIp` is true, got: ["10.0.1.21"]',
    ],
    [
      "an invalid address",
      { privateIps: ["10.0.1.256"] },
      '`privateIps[0]` must be an IPv4 address such as 10.0.1.21, got: "10.0.1.256"',
    ],
    [
      "neither replicas nor shards",
      { replicas: undefined },
      "`replicas` must be given unless `shards` is given, got: nothing. Add it, such as `replicas: 3`.",
    ],
    [
      "replicas and shards",
      { shards: [shard] },
      "`replicas` must be left out where `shards` have their own, got: 3",
    ],
    [
      "a shard with an invalid name",
      sharded({ ...shard, name: "A 1" }),
      '`shards[0].name` must be 1 to 40 lower-case letters, digits and dashes, and begin with a letter, got: "A 1"',
    ],
    [
      "two shards with one name",
      sharded(shard, { ...shard, master: "10.0.1.11" }),
      '`shards[1].name` must differ from that of every other shard, got: "a"',
    ],
    [
      "two shards with one master",
      sharded(shard, { ...shard, name: "b" }),
      '`shards[1].master` must be the node of one shard, got: "10.0.1.10"',
    ],
    [
      "an address in two shards",
      sharded(
        { ...shard, privateIps: ["10.0.1.21"] },
        { name: "b", master: "10.0.1.11", replicas: 2, privateIps: ["10.0.1.22", "10.0.1.21"] },
      ),
      '`shards[1].privateIps[1]` must be the address of one shard, got: "10.0.1.21"',
    ],
    [
      "a shard without replicas",
      sharded({ ...shard, replicas: undefined }),
      "`shards[0].replicas` must be given, got: nothing",
    ],
    [
      "shards with `adopt` for all of them",
      { ...sharded(shard), adopt: "sig-1a2b3c4d" },
      '`adopt` must be left out where `shards` have their own, got: "sig-1a2b3c4d"',
    ],
    [
      "shell code with the line that ends its file",
      { bootScript: { before: "END_OF_FILE\n" } },
      "`bootScript.before` must be lines of shell, none of them END_OF_FILE, got: a text",
    ],
    [
      "shell code as a list",
      { bootScript: { after: ["true"] } },
      "`bootScript.after` must be lines of shell, none of them END_OF_FILE, got: a list of 1",
    ],
    [
      "an agent with another protocol",
      { bootScript: { agent: { url: "s3://bucket/agent.bz2", sha256: "0".repeat(64) } } },
      '`bootScript.agent.url` must be an HTTP or HTTPS URL, got: "s3://bucket/agent.bz2"',
    ],
    [
      "an agent without a URL",
      { bootScript: { agent: { sha256: "0".repeat(64) } } },
      "`bootScript.agent.url` must be given, got: nothing. Add it, such as `url: https://example.com/redis-replica-0.1.0.tar`.",
    ],
    [
      "a boolean in quotes",
      { monitoring: "true" },
      '`monitoring` must be true or false, got: "true". Leave out the quotes.',
    ],
    [
      "a limit of 12 bytes",
      { redis: { maxMemory: 12 } },
      "`redis.maxMemory` must be a size of at least 1mb, such as 512mb or 12gb, got: 12. Did you mean `12gb`?",
    ],
    [
      "a limit of 512 kilobytes",
      { redis: { maxMemory: "512kb" } },
      '`redis.maxMemory` must be a size of at least 1mb, such as 512mb or 12gb, got: "512kb". Did you mean `512mb`?',
    ],
    [
      "a limit of zero",
      { redis: { maxMemory: "0" } },
      '`redis.maxMemory` must be a size of at least 1mb, such as 512mb or 12gb, got: "0"',
    ],
    [
      "a limit in bytes without quotes",
      { redis: { maxMemory: 12884901888 } },
      "`redis.maxMemory` must be a size of at least 1mb, such as 512mb or 12gb, got: 12884901888. Put it in quotes.",
    ],
    [
      "a backlog of 64 bytes",
      { redis: { backlogSize: 64 } },
      "`redis.backlogSize` must be a size of at least 1mb, such as 512mb or 12gb, got: 64. Did you mean `64mb`?",
    ],
    [
      "a backlog of 65536 bytes",
      { redis: { backlogSize: 65536 } },
      "`redis.backlogSize` must be a size of at least 1mb, such as 512mb or 12gb, got: 65536. Did you mean `65536kb`?",
    ],
    [
      "a boolean instead of a number",
      { rootVolume: { size: true } },
      "`rootVolume.size` must be a whole number from 1 to 65536 GiB, got: true",
    ],
  ])("%s", (_, changes, message) => {
    expect(messages(changes)).toEqual([message]);
  });
});

interface Synthesized {
  resource: { spotinst_elastigroup_aws: Record<string, Record<string, unknown>> };
  output: Record<string, { value: Record<string, string> }>;
}

function synth(changes: Record<string, unknown>): Synthesized {
  const app = new App({ outdir: mkdtempSync(join(folder, "out-")) });
  return JSON.parse(Testing.synth(addStack(app, exampleConfig(changes)))) as Synthesized;
}

test.each<[Record<string, unknown>, Record<string, unknown>]>([
  [
    { instanceTypes: { onDemand: "r5.large", resourceRequirements: requirements } },
    {
      resource_requirements: [
        {
          required_memory_minimum: 16,
          required_memory_maximum: 32,
          required_vcpu_minimum: 2,
          required_vcpu_maximum: 8,
        },
      ],
    },
  ],
  [
    { preferredZones: ["us-west-2b"], placementGroups: { "us-west-2b": "near" }, zonesRevision: 2 },
    {
      preferred_availability_zones: ["us-west-2b"],
      availability_zones: [
        "us-west-2a:subnet-0a1b2c3d4e5f60001::2",
        "us-west-2b:subnet-0a1b2c3d4e5f60002:near::2",
      ],
    },
  ],
  [
    { rootVolume: { size: 32 } },
    {
      ebs_block_device: [
        {
          device_name: "/dev/xvda",
          volume_type: "gp3",
          volume_size: 32,
          iops: 3000,
          throughput: 125,
          encrypted: true,
          delete_on_termination: false,
        },
      ],
    },
  ],
  [
    { dataVolume: { size: 100, mode: "snapshot", snapshotId: "snap-1" }, persistence: { rootVolume: false } },
    {
      persist_root_device: false,
      persist_block_devices: true,
      block_devices_mode: "onLaunch",
      ebs_block_device: [
        {
          device_name: "/dev/xvdf",
          volume_type: "gp3",
          volume_size: 100,
          iops: 3000,
          throughput: 125,
          encrypted: true,
          delete_on_termination: false,
          snapshot_id: "snap-1",
        },
      ],
    },
  ],
  [
    {
      dataVolume: { size: 100, type: "gp2", device: "/dev/sdf", encrypted: false },
      persistence: { dataVolume: false },
    },
    {
      persist_block_devices: false,
      block_devices_mode: "reattach",
      ebs_block_device: [
        {
          device_name: "/dev/sdf",
          volume_type: "gp2",
          volume_size: 100,
          encrypted: false,
          delete_on_termination: true,
        },
      ],
    },
  ],
  [
    { deallocation: { volumes: false } },
    { stateful_deallocation: expect.objectContaining({ should_delete_volumes: false }) },
  ],
  [
    {
      strategy: { utilizeReservedInstances: true, minimumInstanceLifetime: 6, considerOnDemandPricing: true },
    },
    { utilize_reserved_instances: true, minimum_instance_lifetime: 6, consider_od_pricing: true },
  ],
  [{ autoHealing: false }, { auto_healing: false }],
  [
    { healthCheck: { type: "TARGET_GROUP", gracePeriod: 900 }, targetGroupArns: [arn] },
    { health_check_type: "TARGET_GROUP", health_check_grace_period: 900, target_group_arns: [arn] },
  ],
  [
    { route53: [{ hostedZoneId: "Z1", records: [{ name: "a.example.com" }] }] },
    {
      integration_route53: {
        domains: [
          {
            hosted_zone_id: "Z1",
            record_set_type: "a",
            record_sets: [{ name: "a.example.com", use_public_ip: false }],
          },
        ],
      },
    },
  ],
  [
    { ebsOptimized: false, monitoring: true, metadataHopLimit: 2, resumePaused: true },
    {
      ebs_optimized: false,
      enable_monitoring: true,
      metadata_options: { http_tokens: "required", http_put_response_hop_limit: 2 },
      update_policy: expect.objectContaining({ should_resume_stateful: true }),
    },
  ],
  [{ privateIps: ["10.0.1.21"] }, { private_ips: ["10.0.1.21"] }],
])("%j reaches the group", (changes, attributes) => {
  expect(Object.values(synth(changes).resource.spotinst_elastigroup_aws)).toEqual([
    expect.objectContaining(attributes),
  ]);
});

test("each shard becomes a group, with the shard in its boot script", () => {
  const { resource, output } = synth(sharded(shard, { ...shard, name: "b", master: "10.0.1.11" }));
  const names = Object.values(resource.spotinst_elastigroup_aws).map(({ name }) => name);
  expect(names).toEqual(["redis-replicas-a", "redis-replicas-b"]);
  expect(output["settings_b"]?.value["SHARD"]).toBe("10.0.1.11");
});

test("Terraform template sequences in the user's shell code are unchanged", () => {
  const app = new App({ outdir: mkdtempSync(join(folder, "out-")) });
  const json = Testing.synth(addStack(app, exampleConfig({ bootScript: { after: "echo ${HOME} %{x}" } })));
  expect(json).toContain('"echo $${HOME} %%{x}"');
});

function field(key: string, values: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> {
  return values.map((value) => ({ [key]: value }));
}

const optional = { requiredKeys: [] as never[] };
const percent = fc.constantFrom(0, 1, 100, 101);
const address = fc.constantFrom("10.0.1.21", "10.0.1.22", "10.0.1.256", "fd00::1");

/** One field at a time, with valid and invalid values. */
const change = fc.oneof(
  field("architecture", fc.constantFrom("x86_64", "arm64")),
  field(
    "instanceTypes",
    fc.record({
      onDemand: fc.oneof(
        fc.constantFrom("r6i.large", "r7g.large", "r99.large"),
        fc.subarray(["r6i.large", "m6i.xlarge", "r7g.large", "r99.large"]),
      ),
      spot: fc.subarray(["r5.large", "r7g.large", "p9.large"]),
    }),
  ),
  field(
    "instanceTypes",
    fc.record({
      onDemand: fc.constant("r6i.large"),
      resourceRequirements: fc.record({
        minMemory: fc.constantFrom(0, 1, 16, 512),
        maxMemory: fc.constantFrom(16, 512, 513),
        minVcpus: fc.constantFrom(0, 1, 64),
        maxVcpus: fc.constantFrom(1, 64, 65),
      }),
    }),
  ),
  field("preferredZones", fc.subarray(["us-west-2a", "us-west-2b", "us-west-2c"])),
  field(
    "placementGroups",
    fc.dictionary(fc.constantFrom("us-west-2a", "us-west-2c"), fc.constantFrom("near", "a b", "${x}")),
  ),
  field(
    "rootVolume",
    fc.record(
      {
        size: fc.constantFrom(1, 8, 100, 65_536, 65_537),
        type: fc.constantFrom("gp2", "gp3", "io1"),
        iops: fc.constantFrom(99, 100, 400, 3000, 4001, 64_000, 80_000, 80_001),
        throughput: fc.constantFrom(124, 125, 750, 751, 1000, 1001),
        encrypted: fc.boolean(),
        kmsKeyId: fc.constantFrom("alias/a", "a"),
        device: fc.constantFrom("/dev/xvda", "/dev/sda1", "sda"),
      },
      { requiredKeys: ["size"] },
    ),
  ),
  field(
    "dataVolume",
    fc.record(
      {
        size: fc.constantFrom(1, 100, 65_537),
        type: fc.constantFrom("gp2", "gp3", "io1"),
        iops: fc.constantFrom(100, 3000),
        mode: fc.constantFrom("reattach", "snapshot"),
        snapshotId: fc.constantFrom("snap-1", "snap"),
        device: fc.constantFrom("/dev/xvda", "/dev/sdf"),
      },
      { requiredKeys: ["size"] },
    ),
  ),
  field(
    "persistence",
    fc.record({ rootVolume: fc.boolean(), privateIp: fc.boolean(), dataVolume: fc.boolean() }, optional),
  ),
  field("privateIps", fc.array(address, { maxLength: 4 })),
  field("deallocation", fc.record({ images: fc.boolean(), volumes: fc.boolean() }, optional)),
  field("metadataHopLimit", fc.constantFrom(0, 1, 64, 65)),
  field(
    "healthCheck",
    fc.record({ gracePeriod: percent, type: fc.constantFrom("EC2", "HCS", "TARGET_GROUP") }),
  ),
  field(
    "strategy",
    fc.record(
      {
        maxReplacementsPercentage: percent,
        immediateOnDemandRecoverThreshold: percent,
        minimumInstanceLifetime: fc.constantFrom(1, 2, 24),
        utilizeReservedInstances: fc.boolean(),
      },
      optional,
    ),
  ),
  field(
    "bootScript",
    fc.record(
      { before: fc.string(), after: fc.constantFrom("END_OF_FILE", "true\nEND_OF_FILE\n", "END_OF_FILES") },
      optional,
    ),
  ),
  field(
    "route53",
    fc.array(
      fc.record({
        hostedZoneId: fc.constantFrom("Z1", "z1"),
        records: fc.array(fc.record({ name: fc.constantFrom("a.b", "-a", "*.a") }), { maxLength: 2 }),
      }),
      { maxLength: 2 },
    ),
  ),
  fc
    .array(
      fc.record(
        {
          name: fc.constantFrom("a", "b", "c-1", "C"),
          master: fc.constantFrom("10.0.1.10", "10.0.1.11", "host:1"),
          replicas: fc.constantFrom(0, 1, 2),
          privateIps: fc.array(address, { maxLength: 2 }),
        },
        { requiredKeys: ["name", "master", "replicas"] },
      ),
      { maxLength: 3 },
    )
    .map((shards) => sharded(...shards)),
);

test("the constructs accept every value that the schema accepts", () => {
  const outdir = mkdtempSync(join(folder, "out-"));
  let accepted = 0;
  fc.assert(
    fc.property(change, (each) => {
      const source = new Source("c.json", JSON.stringify(example(each)));
      if (check(source).problems.length > 0) return;
      accepted++;
      expect(addStacks(new App({ outdir }), [{ config: exampleConfig(each), source }])).toHaveLength(1);
    }),
    { numRuns: 400 },
  );
  expect(accepted).toBeGreaterThan(60);
});

test("the file refuses every value that the constructs refuse, with the same message", () => {
  fc.assert(
    fc.property(change, (each) => {
      const found = messages(each);
      // All values with the right shape are passed to the constructs, without the rules across fields.
      if (found.length === 0 || !clusterConfig.safeParse(example(each)).success) return;
      const refused = constructMessages(folder, each);
      expect(refused).not.toEqual([]);
      expect(found.map(withoutProp)).toEqual(expect.arrayContaining(refused.map(withoutProp)));
    }),
    { numRuns: 400 },
  );
});

/** A message without its property, whose path differs between a construct and the file. */
function withoutProp(message: string): string {
  return message.replace(/^`[^`]*`/, "");
}
