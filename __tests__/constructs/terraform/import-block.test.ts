import { type App } from "cdktf";
import { AvailabilityZones, RedisReplicasStack, type RedisReplicasProps } from "../../../constructs";
import { describeWith } from "../../support/needs";
import { type Json as ApiJson } from "../../../rehearsal/spot-api/json";
import { Workbench } from "../provider";
import { elastigroup, minimal, synthesize, synthesizeReplicas, type Json } from "../support";

const ID = "sig-1a2b3c4d";
/** The record of the zones that Spot has. */
const MEMORY = { to: "terraform_data.replicas_group_zones-sent_92E34A7F", id: "adopted" };
const ADDRESS = "spotinst_elastigroup_aws.replicas_group_04D7EBCA";

describe("an imported group", () => {
  test("has an import block, and requires a Terraform version that supports it", () => {
    const json = synthesizeReplicas({ adopt: ID });
    expect(json.import).toEqual([{ to: ADDRESS, id: ID }, MEMORY]);
    expect(json.terraform.required_version).toBe(">= 1.5");
  });

  test("has the same attributes as any other", () => {
    expect(elastigroup(synthesizeReplicas({ adopt: ID }))).toEqual(elastigroup(synthesizeReplicas()));
  });

  test("needs no terraform binary at synthesis", () => {
    const { PATH } = process.env;
    process.env["PATH"] = "";
    try {
      expect(synthesizeReplicas({ adopt: ID }).import).toHaveLength(2);
    } finally {
      process.env["PATH"] = PATH;
    }
  });

  test("can be given for each shard; only given groups are imported", () => {
    const shards = [
      { name: "a", master: "10.0.1.10", replicas: 1, adopt: ID },
      { name: "b", master: "10.0.1.11", replicas: 1, adopt: "sig-00000002" },
      { name: "c", master: "10.0.1.12", replicas: 1 },
    ];
    const json = synthesizeReplicas({ replicas: undefined, shards });
    const groups = (json.import as { to: string }[]).filter(({ to }) => to.startsWith("spotinst_"));
    expect(groups).toEqual([
      { to: expect.stringContaining("shard-a") as string, id: ID },
      { to: expect.stringContaining("shard-b") as string, id: "sig-00000002" },
    ]);
    expect(json.terraform.required_version).toBe(">= 1.5");
  });

  test.each<[Partial<RedisReplicasProps>, string]>([
    [{ adopt: "group-1" }, '`adopt` must be the id of an Elastigroup such as sig-1a2b3c4d, got: "group-1"'],
    [{ adopt: "${var.id}" }, "`adopt` must be the id of an Elastigroup"],
  ])("%j is refused", (props, message) => {
    expect(() => synthesizeReplicas(props)).toThrow(message);
  });

  test("cannot be given for all shards together, and two shards cannot have the same", () => {
    const shard = { name: "a", master: "10.0.1.10", replicas: 1, adopt: ID };
    const props = { ...minimal, replicas: undefined };
    const build = (more: Partial<RedisReplicasProps>): Json =>
      synthesize((app) => new RedisReplicasStack(app, "redis", { replicas: { ...props, ...more } }));
    expect(() => build({ adopt: ID, shards: [{ ...shard, adopt: undefined }] })).toThrow(
      "`adopt` must be left out where `shards` have their own",
    );
    expect(() => build({ shards: [shard, { ...shard, name: "b", master: "10.0.1.11" }] })).toThrow(
      "`shards[1].adopt` must name a group that no other shard has",
    );
  });
});

/** A group as Spot's console creates it, with the old name of its product. */
const made: { [key: string]: ApiJson } = {
  name: "made by hand",
  region: "us-west-2",
  capacity: { minimum: 3, maximum: 3, target: 3, unit: "instance" },
  strategy: {
    risk: 100,
    availabilityVsCost: "balanced",
    fallbackToOd: true,
    drainingTimeout: 120,
    utilizeReservedInstances: true,
    lifetimePeriod: "days",
    revertToSpot: { performAt: "always" },
    persistence: {
      shouldPersistRootDevice: true,
      shouldPersistBlockDevices: false,
      shouldPersistPrivateIp: true,
    },
  },
  compute: {
    product: "Linux/UNIX (Amazon VPC)",
    instanceTypes: { ondemand: "r5.large", spot: ["r5.large", "r5a.large"] },
    availabilityZones: [
      { name: "us-west-2a", subnetIds: ["subnet-0a1b"] },
      { name: "us-west-2b", subnetIds: ["subnet-0a2b"] },
    ],
    launchSpecification: {
      imageId: "ami-0123456789abcdef0",
      securityGroupIds: ["sg-0123456789abcdef0"],
      userData: Buffer.from("#!/bin/bash\nredis-server &\n").toString("base64"),
      autoHealing: true,
      tenancy: "default",
    },
  },
};

describeWith(["terraform", "spotinst provider"], "a manually created group, with the real provider", () => {
  let bench: Workbench;

  afterEach(() => bench.close());

  test("is imported in place with one update, keeps its ID and instances, and then has an empty plan", async () => {
    bench = await Workbench.open({ fill: true });
    const id = bench.api.groups.create({ group: made })["id"] as string;
    await bench.api.settle();
    const before = bench.api.statefulInstances(id).map(({ instance }) => instance?.id);

    const requests = await bench.apply(
      (app) => new RedisReplicasStack(app, "redis", { replicas: { ...minimal, adopt: id } }),
    );
    expect(requests.map(({ method, path, status }) => [method, path.split("?")[0], status])).toEqual([
      ["PUT", `/aws/ec2/group/${id}`, 200],
    ]);
    expect(bench.group).toMatchObject({
      id,
      name: "redis-replicas",
      compute: { product: "Linux/UNIX (Amazon VPC)", instanceTypes: { ondemand: "r6i.large" } },
    });
    expect(bench.api.statefulInstances(id).map(({ instance }) => instance?.id)).toEqual(before);
    await expect(bench.terraform.output()).resolves.toMatchObject({ group_id: id });
    await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });

    // The block can be removed once the group is in the state.
    bench.write((app) => new RedisReplicasStack(app, "redis", { replicas: minimal }));
    await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
  }, 120_000);

  test("is refused after a failed first update of its zones, until they are sent again", async () => {
    bench = await Workbench.open({ fill: true });
    const id = bench.api.groups.create({ group: made })["id"] as string;
    await bench.api.settle();
    const adopt = (revision?: number) => (app: App) =>
      new RedisReplicasStack(app, "redis", {
        replicas: {
          ...minimal,
          adopt: id,
          availabilityZones: AvailabilityZones.of({ "us-west-2c": ["subnet-0c"] }, { revision }),
        },
      });
    bench.api.failNextUpdates(1);
    await expect(bench.apply(adopt())).rejects.toThrow("configured to fail");
    await expect(bench.terraform.plan()).rejects.toThrow(/Raise\s+the zones' revision/);
    await expect(bench.terraform.apply()).rejects.toThrow(/Raise\s+the zones' revision/);
    expect((await bench.apply(adopt(1))).map(({ method, status }) => [method, status])).toEqual([
      ["PUT", 200],
    ]);
    expect(bench.group).toMatchObject({
      compute: { availabilityZones: [{ name: "us-west-2c", subnetIds: ["subnet-0c"] }] },
    });
    await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
  }, 120_000);
});
