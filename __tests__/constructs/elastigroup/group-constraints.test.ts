import { SpotinstProvider } from "@cdktf/provider-spotinst/lib/provider";
import { App, TerraformStack, TerraformVariable } from "cdktf";
import {
  Architecture,
  AvailabilityZones,
  DataVolumeMode,
  HealthCheckType,
  Orientation,
  RedisReplicasStack,
  type RedisReplicasProps,
  type Shard,
  StatefulElastigroup,
  type StatefulElastigroupProps,
  VolumeType,
} from "../../../constructs";
import { bare, everything, others } from "../options";
import { minimal, synthesizeReplicas } from "../support";

/** The errors of a group: thrown, or found when the app is validated. */
function wrong(change: Partial<StatefulElastigroupProps>): string[] {
  try {
    const stack = new TerraformStack(new App(), "stack");
    new SpotinstProvider(stack, "spotinst");
    return new StatefulElastigroup(stack, "group", { ...bare, ...change }).node.validate();
  } catch (error) {
    return [(error as Error).message];
  }
}

test.each(Object.entries({ bare, everything, others }))("%s has no errors", (_, props) => {
  expect(wrong(props)).toEqual([]);
});

const types = bare.instanceTypes;
const requirements = { minMemory: 16, maxMemory: 64, minVcpus: 2, maxVcpus: 8 };

test.each<[string, Partial<StatefulElastigroupProps>, ...string[]]>([
  [
    "types of two architectures",
    {
      instanceTypes: { onDemand: "r6i.large", spot: ["r7g.large", "r5.large"], preferredSpot: ["r7g.large"] },
    },
    '`instanceTypes.spot[0]` must be x86_64, not arm64 as r6i.large: one image runs on all, got: "r7g.large"',
    '`instanceTypes.preferredSpot[0]` must be x86_64, not arm64 as r6i.large: one image runs on all, got: "r7g.large"',
  ],
  [
    "types of another architecture than the image's",
    { architecture: Architecture.ARM64, instanceTypes: { onDemand: "r7g.large", spot: ["r5.large"] } },
    '`instanceTypes.spot[0]` must be arm64, not x86_64, got: "r5.large"',
  ],
  [
    "a family that this package does not know",
    { instanceTypes: { onDemand: "r6i.large", spot: ["r99.large"] } },
    '`instanceTypes.spot[0]` must be of a family this package knows, unless `architecture` is given, got: "r99.large"',
  ],
  [
    "types of another architecture than an unknown one",
    {
      architecture: Architecture.of("riscv64"),
      instanceTypes: { onDemand: "r99.large", spot: ["r5.large"] },
    },
    '`instanceTypes.spot[0]` must be riscv64, not x86_64, got: "r5.large"',
  ],
  [
    "an unknown architecture with unknown types",
    {
      architecture: Architecture.of("riscv64"),
      instanceTypes: { onDemand: "r99.large", spot: ["r98.large"] },
    },
  ],
  [
    "neither types nor requirements",
    { instanceTypes: { onDemand: "r6i.large" } },
    "`instanceTypes.spot` must be given unless `resourceRequirements` is given, got: nothing",
  ],
  [
    "types and requirements",
    { instanceTypes: { ...types, resourceRequirements: requirements } },
    `\`instanceTypes.resourceRequirements\` must be left out where \`instanceTypes.spot\` is given, got: ${JSON.stringify(requirements)}`,
  ],
  [
    "empty ranges, both at once",
    {
      instanceTypes: {
        onDemand: "r6i.large",
        resourceRequirements: { ...requirements, minMemory: 65, minVcpus: 9 },
      },
    },
    "`instanceTypes.resourceRequirements.minMemory` must be at most `maxMemory` (64), got: 65",
    "`instanceTypes.resourceRequirements.minVcpus` must be at most `maxVcpus` (8), got: 9",
  ],
  [
    "more memory than Spot takes",
    {
      instanceTypes: { onDemand: "r6i.large", resourceRequirements: { ...requirements, maxMemory: 513 } },
    },
    "`instanceTypes.resourceRequirements.maxMemory` must be a whole number from 1 to 512 GiB, got: 513",
  ],
  [
    "a zone of another region",
    { availabilityZones: AvailabilityZones.of({ "us-west-2a": ["subnet-0a"], "us-east-1b": ["subnet-0b"] }) },
    '`availabilityZones.us-east-1b` must be a zone of `region` (us-west-2), got: "us-east-1b"',
  ],
  [
    "preferred zones with equal zones",
    {
      availabilityZones: AvailabilityZones.of({ "us-west-2a": ["subnet-0a"] }, { preferred: ["us-west-2a"] }),
      strategy: { orientation: Orientation.EQUAL_ZONES },
    },
    '`preferredZones` must be left out with an orientation that uses all zones alike, got: ["us-west-2a"]',
  ],
  [
    "reserved instances set to false, which would never give an empty plan",
    { strategy: { utilizeReservedInstances: false } },
    "`strategy.utilizeReservedInstances` must be true or be left out (the provider sends no false), got: false",
  ],
  [
    "a lifetime that Spot does not know",
    { strategy: { minimumInstanceLifetime: 2 } },
    "`strategy.minimumInstanceLifetime` must be one of 1, 3, 6, 12, 24, got: 2",
  ],
  [
    "a percentage of zero, which the provider does not send",
    { strategy: { maxReplacementsPercentage: 0 } },
    "`strategy.maxReplacementsPercentage` must be a whole number from 1 to 100 percent, got: 0",
  ],
  [
    "a grace period of zero, which would never give an empty plan",
    { healthCheck: { gracePeriod: 0 } },
    "`healthCheck.gracePeriod` must be a whole number from 1 to 86400 seconds, got: 0",
  ],
  [
    "health checks without target groups",
    { healthCheck: { checkType: HealthCheckType.TARGET_GROUP } },
    '`healthCheck.checkType` must be another one without `targetGroupArns`, got: "TARGET_GROUP"',
  ],
  [
    "a target group of another region",
    { targetGroupArns: ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/a/b"] },
    expect.stringContaining("`targetGroupArns[0]` must be in `region` (us-west-2), got: "),
  ],
  [
    "a key of another region",
    { rootVolume: { size: 20, kmsKeyId: "arn:aws:kms:eu-west-1:123456789012:alias/redis" } },
    '`rootVolume.kmsKeyId` must be in `region` (us-west-2), got: "arn:aws:kms:eu-west-1:123456789012:alias/redis"',
  ],
  [
    "a target group of a partition that the provider cannot send",
    { targetGroupArns: ["arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:targetgroup/a/b"] },
    expect.stringContaining("`targetGroupArns` must be the ARN of a target group in the partition aws"),
  ],
  [
    "a root volume with several conflicts, all at once",
    {
      rootVolume: {
        size: 8,
        volumeType: VolumeType.GP2,
        iops: 3000,
        throughput: 125,
        encrypted: false,
        kmsKeyId: "alias/k",
      },
    },
    "`rootVolume.iops` must be left out for gp2, got: 3000",
    "`rootVolume.throughput` must be left out for gp2, got: 125",
    '`rootVolume.kmsKeyId` must be left out unless `encrypted` is true, got: "alias/k"',
  ],
  [
    "io1 without its IOPS",
    { rootVolume: { size: 8, volumeType: VolumeType.IO1 } },
    "`rootVolume.iops` must be given for io1, got: nothing",
  ],
  [
    "a gp2 volume above the maximum size",
    { rootVolume: { size: 16_385, volumeType: VolumeType.GP2 } },
    "`rootVolume.size` must be a whole number from 1 to 16384 GiB for gp2, got: 16385",
  ],
  [
    "an io1 volume below the minimum size",
    { rootVolume: { size: 3, volumeType: VolumeType.IO1, iops: 100 } },
    "`rootVolume.size` must be a whole number from 4 to 16384 GiB for io1, got: 3",
  ],
  [
    "more IOPS than the size allows",
    { rootVolume: { size: 8, iops: 4001 } },
    "`rootVolume.iops` must be at most 500 per GiB of `size` for gp3, got: 4001",
  ],
  [
    "more throughput than the IOPS allow",
    { rootVolume: { size: 8, throughput: 751 } },
    "`rootVolume.throughput` must be at most a quarter of `iops` (750 MiB/s), got: 751",
  ],
  [
    "a volume type that is not one word",
    { rootVolume: { size: 8, volumeType: VolumeType.of("gp 3") } },
    '`rootVolume.volumeType` must be a type of EBS volumes in lower case, such as gp3, got: "gp 3"',
  ],
  [
    "an unknown volume type, whose limits are not known",
    { rootVolume: { size: 8, volumeType: VolumeType.of("io2"), iops: 256_000, throughput: 1000 } },
  ],
  [
    "no size",
    { rootVolume: { size: 0 } },
    "`rootVolume.size` must be a whole number from 1 to 65536 GiB, got: 0",
  ],
  [
    "two volumes at one device",
    { dataVolume: { size: 8, device: "/dev/xvda" } },
    '`dataVolume.device` must differ from the root volume\'s, got: "/dev/xvda"',
  ],
  [
    "an unknown mode",
    { dataVolume: { size: 8, mode: DataVolumeMode.of("copy") } },
    '`dataVolume.mode` must be one of reattach, onLaunch, got: "copy"',
  ],
  [
    "a kept data volume without a data volume",
    { persistence: { dataVolume: true } },
    "`persistence.dataVolume` must be left out without `dataVolume`, got: true",
  ],
  [
    "more addresses than instances, and none kept",
    { privateIps: ["10.0.0.1", "10.0.0.2", "10.0.0.3"], persistence: { privateIp: false } },
    '`privateIps` must be left out unless `persistence.privateIp` is true, got: ["10.0.0.1","10.0.0.2","10.0.0.3"]',
    '`privateIps` must name at most as many as there are instances (2), got: ["10.0.0.1","10.0.0.2","10.0.0.3"]',
  ],
  [
    "an invalid address",
    { privateIps: ["10.0.0.256"] },
    '`privateIps` must be an IPv4 address such as 10.0.1.21, got: "10.0.0.256"',
  ],
  [
    "an invalid record name",
    { route53: [{ hostedZoneId: "Z1", records: [] }] },
    "`route53[0].records` must name at least one record, got: []",
  ],
  [
    "too many hops",
    { metadataHopLimit: 65 },
    "`metadataHopLimit` must be a whole number from 1 to 64, got: 65",
  ],
])("%s", (_, change, ...messages) => {
  expect(wrong(change)).toEqual(messages);
});

test("one wrong volume does not hide wrong types: all cross-property mistakes are reported at once", () => {
  expect(
    wrong({
      rootVolume: { size: 8, volumeType: VolumeType.IO1 },
      instanceTypes: { onDemand: "r6i.large", spot: ["r7g.large"] },
      persistence: { rootVolume: false, privateIp: false },
    }).map((message) => message.split("`")[1]),
  ).toEqual(["persistence", "instanceTypes.spot[0]", "rootVolume.iops"]);
});

test("a volume type is always in lower case, as the provider reads it", () => {
  expect(VolumeType.of("GP3").value).toBe("gp3");
});

test("values that are known only to Terraform pass every rule", () => {
  const stack = new TerraformStack(new App(), "stack");
  new SpotinstProvider(stack, "spotinst");
  const variable = (type: string): TerraformVariable => new TerraformVariable(stack, type, { type });
  const [text, number, list] = [variable("string"), variable("number"), variable("list(string)")];
  const yes = variable("bool").booleanValue;
  const group = new StatefulElastigroup(stack, "group", {
    ...bare,
    capacity: number.numberValue,
    architecture: Architecture.of(text.stringValue),
    instanceTypes: { onDemand: text.stringValue, spot: list.listValue, preferredSpot: ["r7g.large"] },
    rootVolume: {
      size: number.numberValue,
      iops: number.numberValue,
      throughput: number.numberValue,
      volumeType: VolumeType.of(text.stringValue),
      encrypted: yes,
      kmsKeyId: text.stringValue,
      device: text.stringValue,
    },
    privateIps: list.listValue,
    persistence: { rootVolume: yes, privateIp: yes },
    healthCheck: { gracePeriod: number.numberValue, checkType: HealthCheckType.of(text.stringValue) },
    targetGroupArns: list.listValue,
    metadataHopLimit: number.numberValue,
    strategy: { maxReplacementsPercentage: number.numberValue, minimumInstanceLifetime: number.numberValue },
  });
  expect(group.node.validate()).toEqual([]);
});

describe("shards", () => {
  const shard = (name: string, master: string, more: Partial<Shard> = {}): Shard => ({
    name,
    master,
    replicas: 2,
    ...more,
  });

  function wrongShards(shards: Shard[], change: Partial<RedisReplicasProps> = {}): string[] {
    try {
      const replicas = { ...minimal, replicas: undefined, shards, ...change };
      const stack = new RedisReplicasStack(new App(), "redis", { replicas });
      return stack.node.findAll().flatMap(({ node }) => node.validate());
    } catch (error) {
      return [(error as Error).message];
    }
  }

  test.each<[string, Shard[], Partial<RedisReplicasProps>, ...string[]]>([
    ["good ones", [shard("a", "10.0.1.10"), shard("b", "10.0.1.11")], {}],
    ["none", [], {}, "`shards` must name at least one shard, got: []"],
    [
      "a name instead of an ID",
      [shard("A", "10.0.1.10")],
      {},
      '`shards[0].name` must be 1 to 40 lower-case letters, digits and dashes, and begin with a letter, got: "A"',
    ],
    [
      "two shards with one name",
      [shard("a", "10.0.1.10"), shard("a", "10.0.1.11")],
      {},
      '`shards[1].name` must differ from that of every other shard, got: "a"',
    ],
    [
      "two shards with one master, two with one address, and a total",
      [
        shard("a", "10.0.1.10", { privateIps: ["10.0.1.21"] }),
        shard("b", "10.0.1.10", { privateIps: ["10.0.1.21"] }),
      ],
      { replicas: 4, privateIps: ["10.0.1.30"] },
      "`replicas` must be left out where `shards` have their own, got: 4",
      '`privateIps` must be left out where `shards` have their own, got: ["10.0.1.30"]',
      '`shards[1].master` must be the node of one shard, got: "10.0.1.10"',
      '`shards[1].privateIps[0]` must be the address of one shard, got: "10.0.1.21"',
    ],
    [
      "a count of zero",
      [shard("a", "10.0.1.10", { replicas: 0 })],
      {},
      "`shards[0].replicas` must be a whole number from 1 to 1000, got: 0",
    ],
  ])("%s", (_, shards, change, ...messages) => {
    expect(wrongShards(shards, change)).toEqual(messages);
  });

  test("neither shards nor a count are refused", () => {
    expect(() => synthesizeReplicas({ replicas: undefined })).toThrow(
      "`replicas` must be given unless `shards` is given, got: nothing",
    );
  });

  test("their addresses are fixed, and depend neither on order nor on other shards", () => {
    const addresses = (...shards: Shard[]): string[] =>
      Object.keys(
        synthesizeReplicas({ replicas: undefined, shards }).resource.spotinst_elastigroup_aws,
      ).sort();
    const [a, b] = [shard("a", "10.0.1.10"), shard("b-2", "10.0.1.11")];
    expect(addresses(a, b)).toEqual(["replicas_shard-a_4D624500", "replicas_shard-b-2_25EFAAC5"]);
    expect(addresses(b, a)).toEqual(addresses(a, b));
    expect(addresses(b)).toEqual(["replicas_shard-b-2_25EFAAC5"]);
  });

  test("each has a group and a boot script", () => {
    const stack = new RedisReplicasStack(new App(), "redis");
    const { groups } = stack.addReplicas({
      ...minimal,
      replicas: undefined,
      shards: [shard("a", "10.0.1.10"), shard("b", "10.0.1.11")],
    });
    expect(groups.map((each) => [each.shard, each.group.groupName])).toEqual([
      ["a", "redis-replicas-a"],
      ["b", "redis-replicas-b"],
    ]);
    expect(groups.map((each) => each.bootScript.settings["SHARD"])).toEqual(["10.0.1.10", "10.0.1.11"]);
  });
});
