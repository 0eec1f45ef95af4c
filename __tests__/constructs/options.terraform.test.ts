import { type App, type TerraformStack, TerraformVariable, Token } from "cdktf";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  Architecture,
  AvailabilityZones,
  HealthCheckType,
  Orientation,
  RedisInstall,
  type RedisReplicasProps,
  RedisReplicasStack,
  RevertToSpot,
  type StatefulElastigroup,
  type StatefulElastigroupProps,
  VolumeType,
} from "../../constructs";
import { parse } from "yaml";
import { clusterConfig } from "../../config/schema";
import { addStack } from "../../config/stack";
import { filled, off } from "../../rehearsal/spot-api/defaults";
import { type TerraformError, type TerraformVariables } from "../../rehearsal/terraform";
import { describeWith } from "../support/needs";
import { bare, everything, groupStack, others } from "./options";
import { sentPaths, Workbench } from "./provider";
import { type Json, minimal } from "./support";

jest.setTimeout(180_000);

/** The body for a comparison: the provider sends zones and sets in any order, and gzip's output depends on its version. */
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

/** The recorded requests of an earlier run. RECORD=1 records this run; review the files before they are committed. */
function recorded(name: string, body: Json): Json {
  const path = join(__dirname, "recorded", `${name}.json`);
  if (process.env.RECORD === "1") writeFileSync(path, `${JSON.stringify(body, undefined, 2)}\n`);
  return JSON.parse(readFileSync(path, "utf8"));
}

describeWith(["terraform", "spotinst provider"], "options with the real provider", () => {
  let bench: Workbench;

  afterEach(() => bench.close());

  test.each(Object.entries({ bare, everything, others }))(
    "%s: sent as recorded, and then an empty plan for any defaults of the API",
    async (name, props) => {
      // The API adds defaults at each request, so each API has a separate group.
      for (const defaults of [off, { capitalVolumeTypes: true }, filled]) {
        bench = await Workbench.open(defaults);
        const [post, ...more] = await bench.apply(groupStack(props));
        expect(more).toEqual([]);
        const body = comparable(post?.body);
        expect(body).toEqual(recorded(name, body));
        await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
        if (defaults !== filled) await bench.close();
      }
    },
  );

  const LAUNCH = "compute.launchSpecification";
  const zones = { "us-west-2a": ["subnet-0a1b"], "us-west-2b": ["subnet-0a2b"] };

  test("every change is one request in place with no other attributes, and then an empty plan", async () => {
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
      [{ rootVolume: { size: 30, volumeType: VolumeType.GP2 } }, `${LAUNCH}.blockDeviceMappings`],
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
      expect(sentPaths(put)).toEqual(changed.sort());
      await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
      await bench.apply(groupStack(before));
    }
    await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
    const { compute, capacity } = bench.group;
    expect([capacity.target, compute.launchSpecification.imageId]).toEqual([2, bare.imageId]);
  });

  test("every update of a group with records also contains their domains, and then has an empty plan", async () => {
    const domain = (name: string) => [{ hostedZoneId: "Z1", records: [{ name }] }];
    const domains = "thirdPartiesIntegration.route53.domains";
    const names = (): string => JSON.stringify(bench.group.thirdPartiesIntegration.route53);
    bench = await Workbench.open(filled);
    await bench.apply(groupStack({ ...bare, route53: domain("a.example.com") }));
    const renamed = { ...bare, name: "renamed" };
    const [put, ...more] = await bench.apply(groupStack({ ...renamed, route53: domain("a.example.com") }));
    expect(more).toEqual([]);
    expect(sentPaths(put)).toEqual(["name", domains]);
    await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });

    // The provider does not read them. A failed change of them is sent with the next update of any attribute.
    bench.api.failNextUpdates(1);
    const moved = { ...renamed, route53: domain("b.example.com") };
    await expect(bench.apply(groupStack(moved))).rejects.toThrow("configured to fail");
    await expect(bench.apply(groupStack(moved))).resolves.toEqual([]);
    expect(names()).toContain("a.example.com");
    await bench.apply(groupStack({ ...moved, name: "again" }));
    expect(names()).toContain("b.example.com");
  });

  test("deallocation takes effect from its apply on, without a request", async () => {
    bench = await Workbench.open();
    await bench.apply(groupStack(bare));
    const deallocation = { images: false, volumes: false, snapshots: false };
    await expect(bench.apply(groupStack({ ...bare, deallocation }))).resolves.toEqual([]);
    await bench.terraform.destroy();
    const { body } = bench.api.requests.at(-1) ?? {};
    expect(body).toEqual({ statefulDeallocation: { shouldDeleteNetworkInterfaces: true } });
  });

  test("an on-demand count whose update failed is not sent again, unless it was left out in between", async () => {
    const counted = groupStack({ ...bare, strategy: { onDemandCount: 1 } });
    bench = await Workbench.open(filled);
    await bench.apply(groupStack(bare));
    bench.api.failNextUpdates(1);
    await expect(bench.apply(counted)).rejects.toThrow("configured to fail");
    const [put] = await bench.apply(counted);
    expect(sentPaths(put)).toEqual(["strategy.risk"]);
    expect(bench.group.strategy).toMatchObject({ risk: 0 });
    expect(bench.group.strategy).not.toHaveProperty("onDemandCount");
    await bench.apply(groupStack(bare));
    await bench.apply(counted);
    expect(bench.group.strategy).toMatchObject({ onDemandCount: 1 });
    await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
  });

  describe("zones whose update failed", () => {
    const moved = { "us-west-2a": ["subnet-0a1b"], "us-west-2c": ["subnet-0c"] };
    const withZones = (availabilityZones: AvailabilityZones) => groupStack({ ...bare, availabilityZones });
    const sent = (): string => JSON.stringify(bench.group.compute.availabilityZones);

    beforeEach(async () => {
      bench = await Workbench.open(filled);
      await bench.apply(groupStack(bare));
      bench.api.failNextUpdates(1);
      await expect(bench.apply(withZones(AvailabilityZones.of(moved)))).rejects.toThrow("configured to fail");
      expect(sent()).not.toContain("us-west-2c");
    });

    test("are reported by every plan and apply, and sent again with a revision", async () => {
      await expect(bench.terraform.plan()).rejects.toThrow(/Raise\s+the zones' revision/);
      await expect(bench.terraform.apply()).rejects.toThrow(/Raise\s+the zones' revision/);
      // The apply must not hide it.
      await expect(bench.terraform.plan()).rejects.toThrow(/Raise\s+the zones' revision/);
      const [put] = await bench.apply(withZones(AvailabilityZones.of(moved, { revision: 1 })));
      expect(sentPaths(put)).toEqual(["compute.availabilityZones"]);
      expect(sent()).toContain("us-west-2c");
      expect(sent()).not.toContain("placementGroup");
      await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
    });

    test("can be reverted to the zones that Spot has", async () => {
      const [put] = await bench.apply(groupStack(bare));
      expect(sentPaths(put)).toEqual(["compute.availabilityZones"]);
      await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
    });

    test("do not prevent the destruction of the group", async () => {
      await bench.terraform.destroy();
      expect(bench.api.groups.list()).toEqual([]);
    });
  });

  test("subnets instead of zones are read by the provider, and so are sent again automatically", async () => {
    const subnets = (...ids: string[]) =>
      groupStack(bare, ({ elastigroup }) => {
        elastigroup.addOverride("availability_zones", undefined);
        elastigroup.addOverride("subnet_ids", ids);
      });
    bench = await Workbench.open(filled);
    await bench.apply(subnets("subnet-0a"));
    bench.api.failNextUpdates(1);
    await expect(bench.apply(subnets("subnet-0b"))).rejects.toThrow("configured to fail");
    const [put] = await bench.apply(subnets("subnet-0b"));
    expect(sentPaths(put)).toEqual(["compute.subnetIds"]);
  });

  describe("an API that returns more attributes than it was sent", () => {
    test("a tag: every plan removes it, until `tags` also has it", async () => {
      bench = await Workbench.open({ extraTag: true });
      await bench.apply(groupStack({ ...bare, tags: { team: "data" } }));
      await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 2 });
      await bench.apply(groupStack({ ...bare, tags: { team: "data", "spotinst:added": "by the API" } }));
      await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 0 });
    });

    test("subnets: every plan removes them, and changed zones are still sent; if ignored, zones are lost", async () => {
      const moved = AvailabilityZones.of({ "us-west-2c": ["subnet-0c"] });
      bench = await Workbench.open({ subnetIds: true });
      await bench.apply(groupStack(bare));
      await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 2 });
      const [put] = await bench.apply(groupStack({ ...bare, availabilityZones: moved }));
      expect(sentPaths(put)).toEqual(["compute.availabilityZones", "compute.subnetIds"]);
      await expect(bench.terraform.plan()).resolves.toMatchObject({ exitCode: 2 });
      const [lost] = await bench.apply(groupStack({ ...bare, lifecycle: { ignoreChanges: ["subnet_ids"] } }));
      expect(sentPaths(lost)).toEqual([]);
    });
  });

  describe("values that are known only to Terraform", () => {
    type Values = (name: string) => TerraformVariable;
    type Options = Partial<RedisReplicasProps>;

    /** A stack with options that are variables of these types. */
    const withVariables =
      (types: Record<string, string>, options: (values: Values) => Options) =>
      (app: App): TerraformStack => {
        const stack = new RedisReplicasStack(app, "redis", {
          backend: { local: { path: "terraform.tfstate" } },
        });
        // The variables must be created before the group that refers to them.
        const variables = new Map(
          Object.entries(types).map(([name, type]) => [name, new TerraformVariable(stack, name, { type })]),
        );
        stack.addReplicas({ ...minimal, ...options((name) => variables.get(name)!) });
        return stack;
      };

    /** All errors of a plan, without line breaks. */
    async function refusal(values: TerraformVariables): Promise<string> {
      const text = await bench.terraform.plan(values).then(
        () => "planned",
        ({ stderr }: TerraformError) => stderr,
      );
      return text.replace(/[\s│]+/g, " ");
    }

    /** The type of a variable, a valid value, an invalid value, and a part of its message. */
    const rules: Record<string, [type: string, good: unknown, bad: unknown, message: string]> = {
      name: ["string", "group", " ", "`name` must be 1 to 255 characters"],
      region: ["string", "us-west-2", "west", "`region` must be an AWS region"],
      description: ["string", "a group", "", "`description` must not be empty"],
      image: ["string", "ami-0f", "junk", "`imageId` must be an image id"],
      capacity: ["number", 2, 0, "`capacity` must be a whole number from 1 to 1000"],
      grace: ["number", 300, 0, "`healthCheck.gracePeriod` must be a whole number from 1 to 86400"],
      unhealthy: ["number", 120, 0, "`healthCheck.unhealthyDuration` must be a whole number"],
      draining: ["number", 60, -5, "`strategy.drainingTimeout` must be a whole number from 1 to 3600"],
      share: ["number", 20, 0, "`strategy.maxReplacementsPercentage` must be a whole number"],
      threshold: ["number", 20, 101, "`strategy.immediateOnDemandRecoverThreshold` must be a whole number"],
      percentage: [
        "number",
        0,
        101,
        "`strategy.spotPercentage` must be a whole number from 0 to 100 percent",
      ],
      lifetime: ["number", 3, 2, "`strategy.minimumInstanceLifetime` must be one of 1, 3, 6, 12, 24"],
      window: ["string", "Sun:03:00-Sun:05:00", "Sunday", "`timeWindows` must be a window"],
      size: ["number", 20, 0, "`rootVolume.size` must be a whole number from 1 to 65536"],
      volume: ["string", "gp3", "GP3", "`rootVolume.volumeType` must be a type of EBS volumes in lower case"],
      iops: ["number", 3000, 1, "`rootVolume.iops` must be a whole number from 3000 to 80000 for gp3"],
      throughput: ["number", 125, 1, "`rootVolume.throughput` must be a whole number from 125 to 1000"],
      kms: ["string", "alias/redis", "redis", "`rootVolume.kmsKeyId` must be the id, alias or ARN"],
      device: ["string", "/dev/xvda", "sda", "`rootVolume.device` must be a device"],
      master: [
        "string",
        "10.0.1.10",
        "10.0.0.1:65536",
        "`masters` must be an IP or DNS name with or without a port",
      ],
      port: ["number", 6379, 0, "`redis.port` must be a whole number from 1 to 65535"],
      memory: ["string", "12gb", "12 gb", "`redis.maxMemory` must be a size"],
      release: ["string", "7.2.15", "7", "`redis.version` must be a release"],
      before: ["string", "true", "END_OF_FILE", "`bootScript.before` must be lines of shell"],
      group: ["string", "sg-01", "", "`securityGroupIds` must be a security group id"],
      type: ["string", "r6i.large", "large", "`instanceTypes.onDemand` must be an instance type"],
      spot: ["list(string)", ["r6i.large"], [], "`instanceTypes.spot` must name at least one instance type"],
      profile: ["string", "redis", "a b", "`iamInstanceProfile` must be the name or ARN"],
      key: ["string", "admin", "", "`keyPair` must not be empty"],
      address: ["string", "10.0.1.21", "10.0.1", "`privateIps` must be an IPv4 address"],
      hops: ["number", 2, 65, "`metadataHopLimit` must be a whole number from 1 to 64"],
      revision: ["number", 1, 0, "`zonesRevision` must be a whole number"],
      zone: [
        "list(string)",
        ["us-west-2a:subnet-0a"],
        ["us-west-2a:subnet-0a", "us-west-2b"],
        "the provider drops others",
      ],
      hosted: ["string", "Z1", "z", "`route53[0].hostedZoneId` must be the id of a hosted zone"],
      record: ["string", "a.example.com", "a b", "`route53[0].records` must be the name of a DNS record"],
    };

    const ruled = withVariables(
      Object.fromEntries(Object.entries(rules).map(([name, [type]]) => [`v_${name}`, type])),
      (variable) => {
        const text = (name: string): string => variable(`v_${name}`).stringValue;
        const number = (name: string): number => variable(`v_${name}`).numberValue;
        const list = (name: string): string[] => variable(`v_${name}`).listValue;
        return {
          name: text("name"),
          region: text("region"),
          description: text("description"),
          imageId: text("image"),
          replicas: number("capacity"),
          healthCheck: {
            gracePeriod: number("grace"),
            unhealthyDuration: number("unhealthy"),
          },
          strategy: {
            drainingTimeout: number("draining"),
            maxReplacementsPercentage: number("share"),
            spotPercentage: number("percentage"),
            immediateOnDemandRecoverThreshold: number("threshold"),
            minimumInstanceLifetime: number("lifetime"),
            revertToSpot: RevertToSpot.within(text("window")),
          },
          rootVolume: {
            size: number("size"),
            volumeType: VolumeType.of(text("volume")),
            iops: number("iops"),
            throughput: number("throughput"),
            kmsKeyId: text("kms"),
            device: text("device"),
          },
          masters: [text("master")],
          redis: {
            port: number("port"),
            maxMemory: text("memory"),
            install: RedisInstall.fromSource({
              version: text("release"),
              url: "https://example.com/redis.tar.gz",
              sha256: "0".repeat(64),
            }),
          },
          bootScript: { before: text("before") },
          securityGroupIds: [text("group")],
          instanceTypes: { onDemand: text("type"), spot: list("spot") },
          iamInstanceProfile: text("profile"),
          keyPair: text("key"),
          privateIps: [text("address")],
          metadataHopLimit: number("hops"),
          availabilityZones: AvailabilityZones.fromExpression(list("zone"), { revision: number("revision") }),
          route53: [{ hostedZoneId: text("hosted"), records: [{ name: text("record") }] }],
        };
      },
    );
    const each = (at: 1 | 2): TerraformVariables =>
      Object.fromEntries(
        Object.entries(rules).map(([name, rule]) => [`v_${name}`, rule[at]]),
      ) as TerraformVariables;

    test("are checked against every rule by the plan; valid ones are applied, and then have an empty plan", async () => {
      bench = await Workbench.open(filled);
      bench.write(ruled);
      await bench.terraform.init();
      // An unknown volume type has no range of IOPS.
      const said = [await refusal(each(2)), await refusal({ ...each(1), v_iops: 1 })].join(" ");
      expect(Object.values(rules).filter(([, , , message]) => !said.includes(message))).toEqual([]);
      await bench.terraform.apply(each(1));
      await expect(bench.terraform.plan(each(1))).resolves.toMatchObject({ exitCode: 0 });
    });

    test.each<
      [
        string,
        Record<string, string>,
        TerraformVariables,
        TerraformVariables,
        (values: Values) => Options,
        ...string[],
      ]
    >([
      [
        "a preferred type that is not a spot type",
        { spot: "list(string)", preferred: "list(string)" },
        { spot: ["r6i.large", "r5.large"], preferred: ["r5.large"] },
        { spot: ["r6i.large"], preferred: ["r5.large"] },
        (of) => ({
          instanceTypes: {
            onDemand: "r6i.large",
            spot: of("spot").listValue,
            preferredSpot: of("preferred").listValue,
          },
        }),
        "`instanceTypes.preferredSpot` must be a subset of `instanceTypes.spot`",
      ],
      [
        "types of two architectures",
        { type: "string", spot: "list(string)" },
        { type: "r7g.large", spot: ["r6g.large", "a1.large"] },
        { type: "r6i.large", spot: ["r7g.large"] },
        (of) => ({ instanceTypes: { onDemand: of("type").stringValue, spot: of("spot").listValue } }),
        "`instanceTypes` must have one architecture, since all instances use the same image",
      ],
      [
        "a type of another architecture than those that are known",
        { type: "string" },
        { type: "m5.large" },
        { type: "m7g.large" },
        (of) => ({ instanceTypes: { onDemand: of("type").stringValue, spot: ["r6i.large"] } }),
        "`instanceTypes` must have one architecture, since all instances use the same image",
      ],
      [
        "on-demand types of two architectures",
        { types: "list(string)" },
        { types: ["m5.large", "r6i.large"] },
        { types: ["m5.large", "m7g.large"] },
        (of) => ({ instanceTypes: { onDemand: of("types").listValue, spot: ["r6i.large"] } }),
        "`instanceTypes` must have one architecture, since all instances use the same image",
      ],
      [
        "an architecture that differs from that of the types",
        { architecture: "string" },
        { architecture: "x86_64" },
        { architecture: "arm64" },
        (of) => ({ architecture: Architecture.of(of("architecture").stringValue) }),
        "`instanceTypes` must have one architecture, since all instances use the same image",
      ],
      [
        "zones of another region, one subnet in two of them, and a preferred zone that is not among them",
        { zones: "list(string)" },
        { zones: ["us-west-2a:subnet-0a", "us-west-2b:subnet-0b"] },
        { zones: ["us-west-2a:subnet-0a", "us-east-1b:subnet-0a"] },
        (of) => ({
          availabilityZones: AvailabilityZones.fromExpression(of("zones").listValue, {
            preferred: ["us-west-2b"],
          }),
        }),
        "`availabilityZones` must name zones of `region` (us-west-2)",
        "`availabilityZones` must have each subnet in one zone, once",
        "`preferredZones` must be zones of `availabilityZones`",
      ],
      [
        "one subnet in two known zones",
        { subnet: "string" },
        { subnet: "subnet-0b" },
        { subnet: "subnet-0a" },
        (of) => ({
          availabilityZones: AvailabilityZones.of({
            "us-west-2a": ["subnet-0a"],
            "us-west-2b": [of("subnet").stringValue],
          }),
        }),
        "`availabilityZones` must have each subnet in one zone, once",
      ],
      [
        "one subnet in a known zone and in another one's list",
        { subnets: "list(string)" },
        { subnets: ["subnet-0b", "subnet-0c"] },
        { subnets: ["subnet-0b", "subnet-0a"] },
        (of) => ({
          availabilityZones: AvailabilityZones.of(
            { "us-west-2a": ["subnet-0a"], "us-west-2b": of("subnets").listValue },
            { revision: 2, preferred: ["us-west-2b"], placementGroups: { "us-west-2b": "near" } },
          ),
        }),
        "`availabilityZones` must have each subnet in one zone, once",
      ],
      [
        "a tag that the metadata service cannot show",
        { shown: "bool", tags: "map(string)" },
        { shown: true, tags: { "team:name": "data" } },
        { shown: true, tags: { "team/name": "data" } },
        (of) => ({
          instanceMetadataTags: of("shown").booleanValue,
          tags: Token.asStringMap(of("tags").value),
        }),
        "`tags` must have only letters, digits and +-=.,_:@ in its key",
      ],
      [
        "more on-demand replicas than there are",
        { count_of: "number", number: "number" },
        { count_of: 1, number: 1 },
        { count_of: 2, number: 1 },
        (of) => ({
          strategy: { onDemandCount: of("count_of").numberValue },
          replicas: of("number").numberValue,
        }),
        "`strategy.onDemandCount` must be at most the number of instances",
      ],
      [
        "no on-demand replica, as a number",
        { count_of: "number" },
        { count_of: 1 },
        { count_of: 0 },
        (of) => ({ strategy: { onDemandCount: of("count_of").numberValue } }),
        "`strategy.onDemandCount` must be a whole number from 1 to 1000",
      ],
      [
        "more addresses than replicas",
        { addresses: "list(string)", number: "number" },
        { addresses: ["10.0.1.21"], number: 1 },
        { addresses: ["10.0.1.21", "10.0.1.22"], number: 1 },
        (of) => ({ privateIps: of("addresses").listValue, replicas: of("number").numberValue }),
        "`privateIps` must name at most as many as there are instances",
      ],
      [
        "more IOPS than the size allows, and more throughput than the IOPS",
        { size: "number", iops: "number", throughput: "number" },
        { size: 8, iops: 4000, throughput: 1000 },
        { size: 8, iops: 4001, throughput: 1001 },
        (of) => ({
          rootVolume: {
            size: of("size").numberValue,
            iops: of("iops").numberValue,
            throughput: of("throughput").numberValue,
          },
        }),
        "`rootVolume.iops` must be at most 500 per GiB of `size` for gp3, got: 4001",
        "`rootVolume.throughput` must be at most a quarter of `iops`, got: 1001",
      ],
      [
        "a type of volume that needs IOPS",
        { type: "string" },
        { type: "gp2" },
        { type: "io1" },
        (of) => ({ rootVolume: { size: 8, volumeType: VolumeType.of(of("type").stringValue) } }),
        "`rootVolume.iops` must be given for io1",
      ],
      [
        "a volume larger than those of its type",
        { type: "string", size: "number" },
        { type: "gp3", size: 16_385 },
        { type: "gp2", size: 16_385 },
        (of) => ({
          rootVolume: { size: of("size").numberValue, volumeType: VolumeType.of(of("type").stringValue) },
        }),
        "`rootVolume.size` must be a whole number from 1 to 16384 GiB for gp2, got: 16385",
      ],
      [
        "one node for two shards, and one address",
        { master: "string", address: "string" },
        { master: "10.0.1.11", address: "10.0.1.22" },
        { master: "10.0.1.10", address: "10.0.1.21" },
        (of) => ({
          replicas: undefined,
          shards: [
            { name: "a", master: "10.0.1.10", replicas: 1, privateIps: ["10.0.1.21"] },
            {
              name: "b",
              master: of("master").stringValue,
              replicas: 1,
              privateIps: [of("address").stringValue],
            },
          ],
        }),
        "`shards` must each have a node of their own as `master`",
        "`shards` must have no address of `privateIps` in common",
      ],
      [
        "a target group and a key of another region",
        { targets: "list(string)", key: "string" },
        {
          targets: ["arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/a/b"],
          key: "arn:aws:kms:us-west-2:123456789012:alias/redis",
        },
        {
          targets: ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/a/b"],
          key: "arn:aws:kms:eu-west-1:123456789012:alias/redis",
        },
        (of) => ({
          targetGroupArns: of("targets").listValue,
          rootVolume: { size: 20, kmsKeyId: of("key").stringValue },
        }),
        "`targetGroupArns` must be in `region` (us-west-2)",
        "`rootVolume.kmsKeyId` must be in `region` (us-west-2)",
      ],
      [
        "health checks of missing target groups, preferred zones with equal zones, and addresses that are not kept",
        { check: "string", orientation: "string", kept: "bool" },
        { check: "HCS", orientation: "balanced", kept: true },
        { check: "TARGET_GROUP", orientation: "equalAzDistribution", kept: false },
        (of) => ({
          healthCheck: { checkType: HealthCheckType.of(of("check").stringValue) },
          strategy: { orientation: Orientation.of(of("orientation").stringValue) },
          availabilityZones: AvailabilityZones.of(
            { "us-west-2a": ["subnet-0a"] },
            { preferred: ["us-west-2a"] },
          ),
          persistence: { privateIp: of("kept").booleanValue, rootVolume: of("kept").booleanValue },
          privateIps: ["10.0.1.21"],
        }),
        "`healthCheck.checkType` must be another one without `targetGroupArns`",
        "`preferredZones` must be left out with an orientation that uses all zones alike",
        "`privateIps` must be left out unless `persistence.privateIp` is true",
        "`persistence` must keep the root volume or the private IP",
      ],
    ])(
      "%s: refused by the plan; valid values have an empty second plan",
      async (_, types, good, bad, options, ...messages) => {
        bench = await Workbench.open(filled);
        bench.write(withVariables(types, options));
        await bench.terraform.init();
        const said = await refusal(bad);
        expect(messages.filter((message) => !said.includes(message))).toEqual([]);
        await bench.terraform.apply(good);
        await expect(bench.terraform.plan(good)).resolves.toMatchObject({ exitCode: 0 });
      },
    );

    test.each([
      ["arn:aws-us-gov:iam::123456789012:instance-profile/path/redis", { name: "redis" }],
      [
        "arn:aws:iam::123456789012:instance-profile/redis",
        { arn: "arn:aws:iam::123456789012:instance-profile/redis" },
      ],
      ["redis", { name: "redis" }],
    ])("the instance profile %s is sent as %j", async (profile, sent) => {
      bench = await Workbench.open(filled);
      const build = withVariables({ profile: "string" }, (of) => ({
        iamInstanceProfile: of("profile").stringValue,
      }));
      await bench.apply(build, { profile });
      expect(bench.group.compute.launchSpecification.iamRole).toEqual(sent);
      await expect(bench.terraform.plan({ profile })).resolves.toMatchObject({ exitCode: 0 });
    });

    test("no profile is sent if an optional profile is null", async () => {
      bench = await Workbench.open(filled);
      const build = withVariables({ profile: "string", key: "string" }, (of) => ({
        iamInstanceProfile: of("profile").stringValue,
        keyPair: of("key").stringValue,
      }));
      await bench.apply(build, { profile: null, key: null });
      expect(bench.group.compute.launchSpecification).not.toHaveProperty("iamRole");
      await expect(bench.terraform.plan({ profile: null, key: null })).resolves.toMatchObject({
        exitCode: 0,
      });
    });

    test.each<[string, Record<string, string>, string]>([
      [
        "a tag of AWS's own",
        { "AWS:team": "data" },
        "`tags` must be 1 to 128 characters and not begin with aws:",
      ],
      ["a long value", { team: "d".repeat(257) }, "`tags` must have values of at most 256 characters"],
      [
        "51 tags",
        Object.fromEntries(Array.from({ length: 51 }, (__, number) => [`tag${number}`, "x"])),
        "`tags` must be at most 50 tags",
      ],
    ])(
      "a map of tags with %s is refused by the plan; a valid one then has an empty plan",
      async (_, bad, message) => {
        bench = await Workbench.open(filled);
        const build = withVariables({ tags: "map(string)" }, (of) => ({
          tags: Token.asStringMap(of("tags").value),
        }));
        bench.write(build);
        await bench.terraform.init();
        expect(await refusal({ tags: bad })).toContain(message);
        const tags = { team: "data", "cost:center": "${7}" };
        await bench.apply(build, { tags });
        expect(bench.group.compute.launchSpecification.tags).toEqual(
          expect.arrayContaining([
            { tagKey: "team", tagValue: "data" },
            { tagKey: "cost:center", tagValue: "${7}" },
          ]),
        );
        await expect(bench.terraform.plan({ tags })).resolves.toMatchObject({ exitCode: 0 });
        await bench.apply(build, { tags: {} });
        expect(bench.group.compute.launchSpecification.tags ?? []).toEqual([]);
        await expect(bench.terraform.plan({ tags: {} })).resolves.toMatchObject({ exitCode: 0 });
      },
    );

    test("valid ones of every type are sent, and then have an empty plan", async () => {
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

    test("are separate groups, which do not depend on their order or on other shards", async () => {
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

  test("attributes without a property can be set on the Terraform resource", async () => {
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

  test("another construct ID is not a new group with a `moved` block", async () => {
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

  test.each(["shards.yaml", "production.yaml"])("the example %s has an empty second plan", async (name) => {
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
