import { type App, type TerraformStack, TerraformVariable, Token } from "cdktf";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  AvailabilityZones,
  Orientation,
  RedisReplicasStack,
  type StatefulElastigroup,
  type StatefulElastigroupProps,
  VolumeType,
} from "../../constructs";
import { parse } from "yaml";
import { clusterConfig } from "../../config/schema";
import { addStack } from "../../config/stack";
import { filled, off } from "../../rehearsal/spot-api/defaults";
import { type RecordedRequest } from "../../rehearsal/spot-api/recorder";
import { describeWith } from "../support/needs";
import { bare, everything, groupStack, others } from "./options";
import { Workbench } from "./provider";
import { type Json, minimal } from "./support";

jest.setTimeout(180_000);

/** The body as it is compared: the provider sends zones and sets in any order, and gzip has its releases. */
function comparable(body: Json): Json {
  const { compute, thirdPartiesIntegration } = structuredClone(body).group;
  const by = (key: string) => (one: Json, other: Json) => (one[key] < other[key] ? -1 : 1);
  compute.availabilityZones.sort(by("name"));
  compute.launchSpecification.tags?.sort(by("tagKey"));
  compute.launchSpecification.blockDeviceMappings?.sort(by("deviceName"));
  for (const domain of thirdPartiesIntegration.route53?.domains ?? []) domain.recordSets.sort(by("name"));
  thirdPartiesIntegration.route53?.domains.sort(by("hostedZoneId"));
  if (compute.launchSpecification.userData) compute.launchSpecification.userData = "gzipped, in base64";
  return { group: { ...body.group, compute, thirdPartiesIntegration } };
}

/** What an earlier run has sent; a new file is written, to be looked through before it is kept. */
function recorded(name: string, body: Json): Json {
  const path = join(__dirname, "recorded", `${name}.json`);
  if (!existsSync(path)) writeFileSync(path, `${JSON.stringify(body, undefined, 2)}\n`);
  return JSON.parse(readFileSync(path, "utf8"));
}

/** The dotted paths of everything that a request says. */
function paths(value: Json, path = ""): string[] {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, each]) => paths(each, path === "" ? key : `${path}.${key}`));
}

function group(request: RecordedRequest | undefined): Json {
  return (request?.body as Json).group;
}

describeWith(["terraform", "spotinst provider"], "options with the real provider", () => {
  let bench: Workbench;

  afterEach(() => bench.close());

  test.each(Object.entries({ bare, everything, others }))(
    "%s: sent as it was recorded, and settled whatever the API adds",
    async (name, props) => {
      bench = await Workbench.open();
      const [post, ...more] = await bench.apply(groupStack(props));
      expect(more).toEqual([]);
      const body = comparable(post?.body);
      expect(body).toEqual(recorded(name, body));
      for (const defaults of [off, filled, { capitalVolumeTypes: true }]) {
        bench.api.setDefaults(defaults);
        await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
      }
    },
  );

  const LAUNCH = "compute.launchSpecification";
  const zones = { "us-west-2a": ["subnet-0a1b"], "us-west-2b": ["subnet-0a2b"] };

  test("every change is one request in place that says nothing else, and settles", async () => {
    const before: StatefulElastigroupProps = {
      ...bare,
      userData: "#!/bin/sh\n",
      rootVolume: { size: 20 },
      tags: { team: "data" },
      securityGroupIds: ["sg-01", "sg-02"],
    };
    const changes: [Partial<StatefulElastigroupProps>, ...string[]][] = [
      [{ userData: "#!/bin/sh\necho\n" }, `${LAUNCH}.userData`],
      [{ capacity: 3 }, "capacity.maximum", "capacity.minimum", "capacity.target"],
      [
        { instanceTypes: { onDemand: "r5.large", spot: ["r5.large"], preferredSpot: ["r5.large"] } },
        "compute.instanceTypes.ondemand",
        "compute.instanceTypes.preferredSpot",
        "compute.instanceTypes.spot",
      ],
      [
        { availabilityZones: AvailabilityZones.of({ "us-west-2a": ["subnet-0a1b"] }) },
        "compute.availabilityZones",
      ],
      [
        { availabilityZones: AvailabilityZones.of(Object.fromEntries(Object.entries(zones).reverse())) },
        "compute.availabilityZones",
      ],
      [{ imageId: "ami-0f" }, `${LAUNCH}.imageId`],
      [{ rootVolume: { size: 30, type: VolumeType.GP2 } }, `${LAUNCH}.blockDeviceMappings`],
      [{ tags: { team: "web" } }, `${LAUNCH}.tags`],
      [{ securityGroupIds: ["sg-02", "sg-01"] }, `${LAUNCH}.securityGroupIds`],
      [{ strategy: { orientation: Orientation.EQUAL_ZONES } }, "strategy.availabilityVsCost"],
      [{ persistence: { privateIp: false } }, "strategy.persistence.shouldPersistPrivateIp"],
      [{ healthCheck: { gracePeriod: 900 } }, `${LAUNCH}.healthCheckGracePeriod`],
      [{ privateIps: ["10.0.1.21"] }, "compute.privateIps"],
      [{ description: "another" }, "description"],
    ];
    bench = await Workbench.open(filled);
    await bench.apply(groupStack(before));
    for (const [change, ...changed] of changes) {
      const [put, ...more] = await bench.apply(groupStack({ ...before, ...change }));
      expect(more).toEqual([]);
      expect(put?.method).toBe("PUT");
      expect(paths(group(put)).sort()).toEqual(changed.sort());
      await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
      await bench.apply(groupStack(before));
    }
    await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
    const { compute, capacity } = bench.group;
    expect([capacity.target, compute.launchSpecification.imageId]).toEqual([2, bare.imageId]);
  });

  test("every update of a group with records carries their domains too, and settles", async () => {
    const domain = (name: string) => [{ hostedZoneId: "Z1", records: [{ name }] }];
    const domains = "thirdPartiesIntegration.route53.domains";
    const names = (): string => JSON.stringify(bench.group.thirdPartiesIntegration.route53);
    bench = await Workbench.open(filled);
    await bench.apply(groupStack({ ...bare, route53: domain("a.example.com") }));
    const renamed = { ...bare, name: "renamed" };
    const [put, ...more] = await bench.apply(groupStack({ ...renamed, route53: domain("a.example.com") }));
    expect(more).toEqual([]);
    expect(paths(group(put)).sort()).toEqual(["name", domains]);
    await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });

    // The provider never reads them back: what a failed update lost goes with the next one of anything.
    bench.api.failNextUpdates(1);
    const moved = { ...renamed, route53: domain("b.example.com") };
    await expect(bench.apply(groupStack(moved))).rejects.toThrow("chosen to fail");
    await expect(bench.apply(groupStack(moved))).resolves.toEqual([]);
    expect(names()).toContain("a.example.com");
    await bench.apply(groupStack({ ...moved, name: "again" }));
    expect(names()).toContain("b.example.com");
  });

  test("deallocation counts from its own apply on, without a request", async () => {
    bench = await Workbench.open();
    await bench.apply(groupStack(bare));
    const deallocation = { images: false, volumes: false, snapshots: false };
    await expect(bench.apply(groupStack({ ...bare, deallocation }))).resolves.toEqual([]);
    await bench.terraform.destroy();
    const { body } = bench.api.requests.at(-1) ?? {};
    expect(body).toEqual({ statefulDeallocation: { shouldDeleteNetworkInterfaces: true } });
  });

  describe("zones whose update failed", () => {
    const moved = { "us-west-2a": ["subnet-0a1b"], "us-west-2c": ["subnet-0c"] };
    const withZones = (availabilityZones: AvailabilityZones) => groupStack({ ...bare, availabilityZones });
    const sent = (): string => JSON.stringify(bench.group.compute.availabilityZones);

    beforeEach(async () => {
      bench = await Workbench.open(filled);
      await bench.apply(groupStack(bare));
      bench.api.failNextUpdates(1);
      await expect(bench.apply(withZones(AvailabilityZones.of(moved)))).rejects.toThrow("chosen to fail");
      expect(sent()).not.toContain("us-west-2c");
    });

    test("are noticed by every plan and apply, and sent again with a revision", async () => {
      await expect(bench.terraform.plan()).rejects.toThrow(/Raise\s+the zones' revision/);
      await expect(bench.terraform.apply()).rejects.toThrow(/Raise\s+the zones' revision/);
      // That apply has not hidden it.
      await expect(bench.terraform.plan()).rejects.toThrow(/Raise\s+the zones' revision/);
      const [put] = await bench.apply(withZones(AvailabilityZones.of(moved, { revision: 1 })));
      expect(paths(group(put))).toEqual(["compute.availabilityZones"]);
      expect(sent()).toContain("us-west-2c");
      expect(sent()).not.toContain("placementGroup");
      await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
    });

    test("can be given up for those that Spot has", async () => {
      const [put] = await bench.apply(groupStack(bare));
      expect(paths(group(put))).toEqual(["compute.availabilityZones"]);
      await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
    });

    test("do not stand in the way of destroying the group", async () => {
      await bench.terraform.destroy();
      expect(bench.api.groups.list()).toEqual([]);
    });
  });

  test("subnets instead of zones are read back, and so sent again by themselves", async () => {
    const subnets = (...ids: string[]) =>
      groupStack(bare, ({ elastigroup }) => {
        elastigroup.addOverride("availability_zones", undefined);
        elastigroup.addOverride("subnet_ids", ids);
      });
    bench = await Workbench.open(filled);
    await bench.apply(subnets("subnet-0a"));
    bench.api.failNextUpdates(1);
    await expect(bench.apply(subnets("subnet-0b"))).rejects.toThrow("chosen to fail");
    const [put] = await bench.apply(subnets("subnet-0b"));
    expect(paths(group(put))).toEqual(["compute.subnetIds"]);
  });

  describe("an API that answers more than it was sent", () => {
    test("a tag: wanted away by every plan, until `tags` has it too", async () => {
      bench = await Workbench.open({ extraTag: true });
      await bench.apply(groupStack({ ...bare, tags: { team: "data" } }));
      await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 2 });
      await bench.apply(groupStack({ ...bare, tags: { team: "data", "spotinst:added": "by the API" } }));
      await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
    });

    test("subnets: wanted away by every plan, and changed zones still sent; ignored, zones are lost", async () => {
      const moved = AvailabilityZones.of({ "us-west-2c": ["subnet-0c"] });
      bench = await Workbench.open({ subnetIds: true });
      await bench.apply(groupStack(bare));
      await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 2 });
      const [put] = await bench.apply(groupStack({ ...bare, availabilityZones: moved }));
      expect(paths(group(put))).toEqual(["compute.availabilityZones", "compute.subnetIds"]);
      await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 2 });
      const [lost] = await bench.apply(groupStack({ ...bare, lifecycle: { ignoreChanges: ["subnet_ids"] } }));
      expect(paths(group(lost))).toEqual([]);
    });
  });

  describe("values that only Terraform knows", () => {
    const variable =
      (type: string, build: (value: TerraformVariable) => Partial<StatefulElastigroupProps>) =>
      (app: App): TerraformStack => {
        const props: { -readonly [key in keyof StatefulElastigroupProps]: StatefulElastigroupProps[key] } = {
          ...bare,
        };
        const stack = groupStackWith(app, (inner) => {
          Object.assign(props, build(new TerraformVariable(inner, "value", { type })));
          return props;
        });
        return stack;
      };

    function groupStackWith(
      app: App,
      props: (stack: TerraformStack) => StatefulElastigroupProps,
    ): TerraformStack {
      // The variable must exist before the group that refers to it, and both belong to one stack.
      const stack = new RedisReplicasStack(app, "redis", {
        backend: { local: { path: "terraform.tfstate" } },
      });
      const { capacity, ...group } = props(stack);
      stack.addReplicas({ ...group, masters: ["10.0.1.10"], replicas: capacity });
      return stack;
    }

    test.each<
      [string, string, unknown, (value: TerraformVariable) => Partial<StatefulElastigroupProps>, string]
    >([
      [
        "a zone without its subnet",
        "list(string)",
        ["us-west-2a:subnet-0a", "us-west-2b"],
        (value) => ({ availabilityZones: AvailabilityZones.fromExpression(value.listValue) }),
        "the provider drops others",
      ],
      [
        "no zones",
        "list(string)",
        [],
        (value) => ({ availabilityZones: AvailabilityZones.fromExpression(value.listValue) }),
        "the provider drops others",
      ],
      [
        "an empty subnet of a known zone",
        "string",
        "",
        (value) => ({ availabilityZones: AvailabilityZones.of({ "us-west-2a": [value.stringValue] }) }),
        "the provider drops others",
      ],
      [
        "no capacity",
        "number",
        0,
        (value) => ({ capacity: value.numberValue }),
        "must be a whole number from 1 to 1000",
      ],
      [
        "nothing kept",
        "bool",
        false,
        (value) => ({ persistence: { rootVolume: value.booleanValue, privateIp: value.booleanValue } }),
        "must keep the root volume or the private IP",
      ],
    ])("%s is refused at plan time", async (_, type, value, build, message) => {
      bench = await Workbench.open();
      bench.write(variable(type, build));
      await bench.terraform.init();
      await expect(bench.terraform.plan({ value: value as string })).rejects.toThrow(
        new RegExp(message.replaceAll(" ", "\\s+")),
      );
    });

    test("good ones of every type arrive and settle", async () => {
      bench = await Workbench.open(filled);
      const build = (app: App): TerraformStack => {
        const stack = new RedisReplicasStack(app, "redis", {
          backend: { local: { path: "terraform.tfstate" } },
        });
        new TerraformVariable(stack, "items", { type: "map(list(string))" });
        const yes = new TerraformVariable(stack, "yes", { type: "bool" }).booleanValue;
        const size = new TerraformVariable(stack, "size", { type: "number" }).numberValue;
        stack.addReplicas({
          ...minimal,
          replicas: size,
          rootVolume: { size, encrypted: yes, kmsKeyId: "alias/redis" },
          persistence: { rootVolume: yes, privateIp: yes },
          strategy: { fallbackToOnDemand: yes, utilizeCommitments: yes },
          autoHealing: yes,
          monitoring: yes,
          ebsOptimized: yes,
          resumePaused: yes,
          availabilityZones: AvailabilityZones.fromExpression(
            Token.asList(
              `\${flatten([for zone, subnets in var.items : [for subnet in subnets : "\${zone}:\${subnet}:near"]])}`,
            ),
            { revision: 2 },
          ),
        });
        return stack;
      };
      const values = { items: { "us-west-2a": ["subnet-0a"] }, yes: true, size: 2 };
      await bench.apply(build, values);
      expect(bench.group).toMatchObject({
        capacity: { target: 2 },
        compute: {
          availabilityZones: [{ name: "us-west-2a", subnetIds: ["subnet-0a"], placementGroupName: "near" }],
          launchSpecification: {
            blockDeviceMappings: [
              { ebs: { deleteOnTermination: false, encrypted: true, volumeSize: 2, volumeType: "gp3" } },
            ],
            monitoring: true,
          },
        },
      });
      await expect(bench.terraform.plan(values)).resolves.toMatchObject({ exitCode: 0 });
    });
  });

  describe("shards", () => {
    const a = { name: "a", master: "10.0.1.10", replicas: 2, privateIps: ["10.0.1.21", "10.0.1.22"] };
    const b = { name: "b-2", master: "10.0.1.11", replicas: 1 };
    const c = { name: "c", master: "10.0.1.12", replicas: 1 };
    const sharded =
      (...shards: (typeof b)[]) =>
      (app: App) =>
        new RedisReplicasStack(app, "redis", { replicas: { ...minimal, replicas: undefined, shards } });

    test("are groups of their own, which neither order nor another shard touches", async () => {
      bench = await Workbench.open(filled);
      expect((await bench.apply(sharded(a, b))).map(({ method }) => method)).toEqual(["POST", "POST"]);
      const groups: Json[] = bench.api.groups.list().sort((one, other) => (one.name! < other.name! ? -1 : 1));
      expect(groups.map(({ name, capacity }) => [name, capacity.target])).toEqual([
        ["redis-replicas-a", 2],
        ["redis-replicas-b-2", 1],
      ]);
      expect(groups[0].compute.privateIps).toEqual(a.privateIps);
      await expect(bench.terraform.output()).resolves.toMatchObject({
        group_id_a: groups[0].id,
        group_id_b_2: groups[1].id,
        settings_b_2: { SHARD: "10.0.1.11", MASTERS: "10.0.1.10" },
      });
      expect((await bench.apply(sharded(c, b, a))).map(({ method }) => method)).toEqual(["POST"]);
      await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
      expect((await bench.apply(sharded(a, c))).map(({ method }) => method)).toEqual(["DELETE"]);
    });
  });

  test("what the construct does not offer can be written on the resource itself", async () => {
    bench = await Workbench.open(filled);
    await bench.apply(
      groupStack(bare, ({ elastigroup }) => {
        elastigroup.addOverride("cpu_credits", "unlimited");
        elastigroup.placementTenancy = "dedicated";
      }),
    );
    expect(bench.group.compute.launchSpecification).toMatchObject({
      creditSpecification: { cpuCredits: "unlimited" },
      tenancy: "dedicated",
    });
    await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
  });

  test("another construct id is no new group where `moved` says so", async () => {
    const addresses: string[] = [];
    const note = ({ elastigroup }: StatefulElastigroup): void =>
      void addresses.push(`spotinst_elastigroup_aws.${elastigroup.friendlyUniqueId}`);
    bench = await Workbench.open(filled);
    await bench.apply(groupStack(bare, note));
    const requests = await bench.apply((app) => {
      const stack = groupStack(bare, note, "renamed")(app);
      stack.addOverride("moved", [{ from: addresses[0], to: addresses[1] }]);
      return stack;
    });
    expect(addresses[0]).not.toBe(addresses[1]);
    expect(requests).toEqual([]);
    await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
  });

  test.each(["shards.yaml", "production.yaml"])("the example %s settles", async (name) => {
    const text = readFileSync(join(__dirname, "../../examples", name), "utf8")
      .replace(/^name: .*$/m, "name: redis")
      .replace(/^account: .*\n/m, "")
      .replace(/^backend:\n.*\n/m, "");
    const config = clusterConfig.parse(parse(text));
    bench = await Workbench.open(filled);
    const requests = await bench.apply((app) => addStack(app, config));
    expect(requests.map(({ method }) => method)).toEqual((config.shards ?? [0]).map(() => "POST"));
    await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
  });
});
