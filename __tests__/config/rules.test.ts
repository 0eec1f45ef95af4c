import { App } from "cdktf";
import { type RedisReplicasProps, RedisReplicasStack } from "../../constructs";
import { minimal } from "../constructs/support";
import { constructMessages, messages } from "./messages";
import { temporaryFolder } from "../support/folder";

const folder = temporaryFolder();
const types = { onDemand: "r6i.large", spot: ["r6i.large", "r5.large"] };
const zones = { "us-west-2a": ["subnet-0a1b"] };
const requirements = { minMemory: 16, maxMemory: 32, minVcpus: 2, maxVcpus: 8 };
const shard = { name: "a", master: "10.0.1.10", replicas: 2 };
const other = { name: "b", master: "10.0.1.11", replicas: 2 };
const elsewhere = "arn:aws:kms:eu-west-1:123456789012:alias/redis";
const network = { vpcId: "vpc-0a", masters: { cidr: "10.0.0.0/16" } };
const secret = "arn:aws:secretsmanager:us-west-2:123456789012:secret:redis-a1B2c3";
const sharded = (...shards: unknown[]) => ({ replicas: undefined, shards });

describe("the file and the constructs refuse with the same message", () => {
  test.each<[mistake: string, changes: Record<string, unknown>, onItsOwn?: string]>([
    ["a zone of another region", { availabilityZones: { "us-east-1a": ["subnet-1"] } }],
    ["a subnet in two zones", { availabilityZones: { ...zones, "us-west-2b": zones["us-west-2a"] } }],
    ["a preferred zone outside the group", { preferredZones: ["us-west-2c"] }],
    ["a placement group in such a zone", { placementGroups: { "us-west-2c": "near" } }],
    [
      "a preferred zone with equal zones",
      { preferredZones: ["us-west-2a"], strategy: { orientation: "equalZones" } },
    ],
    [
      "a preferred type that is not a spot type",
      { instanceTypes: { ...types, preferredSpot: ["r6a.large"] } },
    ],
    ["spot types and requirements", { instanceTypes: { ...types, resourceRequirements: requirements } }],
    [
      "an empty range",
      { instanceTypes: { onDemand: "r5.large", resourceRequirements: { ...requirements, minVcpus: 9 } } },
    ],
    ["two architectures", { instanceTypes: { ...types, spot: ["r5.large", "r7g.large"] } }],
    ["types of another architecture", { architecture: "arm64", instanceTypes: types }],
    ["an unknown family", { instanceTypes: { ...types, spot: ["r99.large"] } }],
    ["a volume whose size does not fit its type", { rootVolume: { size: 20_000, type: "gp2" } }],
    ["io1 without its IOPS", { rootVolume: { size: 20, type: "io1" } }],
    ["IOPS and throughput of gp2", { dataVolume: { size: 20, type: "gp2", iops: 3000, throughput: 125 } }],
    ["more IOPS than the size allows", { rootVolume: { size: 8, iops: 5000 } }],
    ["more throughput than the IOPS allow", { rootVolume: { size: 8, throughput: 800 } }],
    ["a key without encryption", { rootVolume: { size: 8, encrypted: false, kmsKeyId: "alias/redis" } }],
    ["a root volume without a size", { rootVolume: { encrypted: false } }],
    ["two volumes at one device", { dataVolume: { size: 20, device: "/dev/xvda" } }],
    ["`persistence.dataVolume` without a data volume", { persistence: { dataVolume: true } }],
    ["persistence of nothing", { persistence: { rootVolume: false, privateIp: false } }],
    [
      "more addresses than replicas, and none kept",
      { replicas: 1, privateIps: ["10.0.1.21", "10.0.1.22"], persistence: { privateIp: false } },
    ],
    [
      "more addresses than a shard's replicas",
      sharded({ ...shard, replicas: 1, privateIps: ["10.0.1.21", "10.0.1.22"] }),
      "privateIps",
    ],
    ["a count beside a percentage", { strategy: { onDemandCount: 1, spotPercentage: 50 } }],
    ["more on-demand replicas than there are", { replicas: 2, strategy: { onDemandCount: 3 } }],
    [
      "more on-demand replicas than a shard has",
      { ...sharded({ ...shard, replicas: 1 }, other), strategy: { onDemandCount: 2 } },
    ],
    [
      "a tag that the metadata service cannot show",
      { instanceMetadataTags: true, tags: { "team/name": "data", team: "x", _index: "y" } },
    ],
    [
      "overrides of what recovery rests on, of secrets and of all instances",
      {
        overrides: {
          user_data: "",
          persist_root_device: false,
          availability_zones: [],
          lifecycle: {},
          stateful_instance_action: [],
          depends_on: [],
          integration_rancher: [{ secret_key: "s" }],
          cpu_options: { "threads.per.core": 1 },
          logging: [{ variable: "x" }],
        },
      },
    ],
    ["changes that must not be lost", { ignoreChanges: ["image_id", "user_data", "persist_private_ip"] }],
    [
      "health checks without target groups",
      { healthCheck: { type: "TARGET_GROUP" } },
      "healthCheck.checkType",
    ],
    [
      "a target group and keys of another region",
      {
        targetGroupArns: ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/a/b"],
        rootVolume: { size: 20, kmsKeyId: elsewhere },
        dataVolume: { size: 20, kmsKeyId: elsewhere },
      },
    ],
    [
      "a secret of another region",
      { secrets: { secretArns: [secret.replace("us-west-2", "eu-west-1")] } },
      "secretArns",
    ],
    ["secrets beside a profile", { secrets: { secretArns: [secret] }, iamInstanceProfile: "redis" }],
    ["masters to open that are no group", { network: { ...network, openMasters: true } }, "openMasters"],
    [
      "replicas, addresses and a group beside shards",
      { shards: [shard], privateIps: ["10.0.1.21"], adopt: "sig-1a2b3c4d" },
    ],
    ["two shards with one name", sharded(shard, { ...other, name: "a" })],
    ["two shards with one master", sharded(shard, { ...other, master: "10.0.1.10" })],
    [
      "one group for two shards",
      sharded(...[shard, other].map((each) => ({ ...each, adopt: "sig-1a2b3c4d" }))),
    ],
    [
      "an address in two shards",
      sharded(...[shard, other].map((each) => ({ ...each, privateIps: ["10.0.1.21"] }))),
    ],
    ["a port without a valid bus port", { redis: { port: 60_000 } }],
    ["the same port for both", { redis: { port: 7000, busPort: 7000 } }],
    [
      "settings that the release does not have",
      { redis: { version: "6.2.23", announceHostname: "{instance-id}" } },
    ],
    ["a port of the bus that the release does not have", { redis: { version: "6.2.23", busPort: 17000 } }],
    ["a release of the other engine", { redis: { version: "9.1.1" } }],
    ["an unknown release of Valkey", { redis: { engine: "valkey", version: "8.1.4" } }],
    [
      "a URL and a checksum without a release",
      { redis: { url: "https://example.com/redis.tar.gz", sha256: "0".repeat(64) } },
    ],
    ["a checksum without a URL", { redis: { version: "7.2.15", sha256: "0".repeat(64) } }],
    ["a directive that this package sets", { redis: { directives: { appendonly: "yes" } } }],
  ])("%s", (_, changes, ...[onItsOwn]) => {
    const found = messages(changes);
    expect(found).not.toEqual([]);
    const expected = found.map((each) => (onItsOwn ? each.replace(/^`[^`]*`/, `\`${onItsOwn}\``) : each));
    expect(constructMessages(folder, changes).sort()).toEqual(expected.sort());
  });

  test.each<[missing: string, changes: Partial<RedisReplicasProps>]>([
    ["replicas", { replicas: undefined }],
    ["security groups", { securityGroupIds: undefined }],
    ["spot types", { instanceTypes: { onDemand: "r6i.large" } }],
  ])("neither %s nor its alternative", (_, changes) => {
    const build = () => new RedisReplicasStack(new App(), "redis", { replicas: { ...minimal, ...changes } });
    const [found = ""] = messages(changes);
    const [said] = found.split(". Add it");
    expect(build).toThrow(expect.objectContaining({ message: said }));
  });
});

test("both leave a rule that depends on a variable to Terraform", () => {
  const changes = {
    instanceTypes: { onDemand: "r6i.large", spot: [{ variable: "spot" }], preferredSpot: ["r5.large"] },
    rootVolume: { size: { variable: "size" }, iops: 5000 },
    replicas: { variable: "replicas" },
    privateIps: ["10.0.1.21", "10.0.1.22"],
  };
  expect(messages(changes)).toEqual([]);
  expect(constructMessages(folder, changes)).toEqual([]);
});
