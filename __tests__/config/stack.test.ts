import { App, Testing } from "cdktf";
import fc from "fast-check";
import { createHash } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { check, type LoadedConfig } from "../../config/load";
import { type ConfigError } from "../../config/problem";
import { type ClusterConfig, clusterConfig } from "../../config/schema";
import { Source } from "../../config/source";
import { addStack, addStacks } from "../../config/stack";
import { type RedisReplicas } from "../../constructs";
import { example, exampleConfig, exampleText } from "./example";
import { file, temporaryFolder } from "../support/folder";

interface Synthesized {
  resource: { spotinst_elastigroup_aws: Record<string, Record<string, unknown>> };
  provider: { spotinst: Record<string, unknown>[] };
  terraform: { backend?: Record<string, unknown> };
  locals: Record<string, string[]>;
  output: { settings: { value: Record<string, string> } };
}

const folder = temporaryFolder();

function synth(config: ClusterConfig): Synthesized {
  const outdir = mkdtempSync(join(folder, "out-"));
  const app = new App({ outdir, stackTraces: false });
  return JSON.parse(Testing.synth(addStack(app, config))) as Synthesized;
}

function group(config: ClusterConfig): Record<string, unknown> {
  return Object.values(synth(config).resource.spotinst_elastigroup_aws)[0]!;
}

test("the example becomes a group with its name, size, instance types, zones and security groups", () => {
  expect(group(exampleConfig())).toMatchObject({
    name: "redis-replicas",
    region: "us-west-2",
    min_size: 3,
    max_size: 3,
    desired_capacity: 3,
    image_id: "ami-0123456789abcdef0",
    instance_types_ondemand: "r6i.large",
    instance_types_spot: ["r6i.large", "r6a.large", "r5.large", "r5a.large"],
    availability_zones: ["us-west-2a:subnet-0a1b2c3d4e5f60001", "us-west-2b:subnet-0a1b2c3d4e5f60002"],
    security_groups: ["sg-0123456789abcdef0"],
  });
});

test.each([
  [{ keyPair: "admin" }, { key_name: "admin" }],
  [{ iamInstanceProfile: "redis" }, { iam_instance_profile: "redis" }],
  [{ description: "for reports" }, { description: "for reports" }],
  [{}, { description: "Redis Cluster replicas" }],
  [{ tags: { team: "data" } }, { tags: [{ key: "team", value: "data" }] }],
  [{ persistence: { rootVolume: false } }, { persist_root_device: false, persist_private_ip: true }],
  [{ strategy: { orientation: "equalZones" } }, { orientation: "equalAzDistribution" }],
  [{ strategy: { orientation: "cost" } }, { orientation: "costOriented" }],
  [{ strategy: { orientation: "balanced" } }, { orientation: "balanced" }],
  [{ strategy: { fallbackToOnDemand: false } }, { fallback_to_ondemand: false }],
  [{ strategy: { drainingTimeout: 60 } }, { draining_timeout: 60 }],
  [{ strategy: { revertToSpot: "always" } }, { revert_to_spot: { perform_at: "always" } }],
  [
    { strategy: { revertToSpot: ["Sun:03:00-Sun:05:00"] } },
    { revert_to_spot: { perform_at: "timeWindow", time_windows: ["Sun:03:00-Sun:05:00"] } },
  ],
])("%j reaches the group", (changes, attributes) => {
  expect(group(exampleConfig(changes))).toMatchObject(attributes);
});

test("protect keeps Terraform from destroying the group", () => {
  expect(group(exampleConfig({ protect: true }))).toMatchObject({ lifecycle: { prevent_destroy: true } });
  expect(group(exampleConfig())["lifecycle"]).not.toHaveProperty("prevent_destroy");
});

test("settings of Redis reach the boot script", () => {
  const { install, ...rest } = { install: "package", package: "redis6" };
  const config = exampleConfig({
    failover: "never",
    redis: {
      install,
      ...rest,
      port: 7000,
      busPort: 7001,
      maxMemory: "1gb",
      backlogSize: "2gb",
      directives: { hz: 50 },
    },
  });
  expect(synth(config).output.settings.value).toMatchObject({
    INSTALL: "package",
    PACKAGE: "redis6",
    PORT: "7000",
    BUS_PORT: "7001",
    MAXMEMORY: "1gb",
    BACKLOG: "2gb",
    DIRECTIVES: "hz 50",
    FAILOVER: "never",
  });
});

test("an account is passed to the provider; without one the provider uses the credentials", () => {
  expect(synth(exampleConfig({ account: "act-1a2b3c4d" })).provider.spotinst[0]).toMatchObject({
    account: "act-1a2b3c4d",
  });
  expect(synth(exampleConfig()).provider.spotinst[0]).not.toHaveProperty("account");
});

test("a backend is passed on unchanged, and `none` is no backend", () => {
  const s3 = { bucket: "b", use_lockfile: true, assume_role: { role_arn: "r" } };
  expect(synth(exampleConfig({ backend: { s3 } })).terraform.backend).toEqual({ s3 });
  expect(synth(exampleConfig({ backend: { s3: {} } })).terraform.backend).toEqual({ s3: {} });
  expect(synth(exampleConfig({ backend: "none" })).terraform).not.toHaveProperty("backend");
});

describe("a Terraform template sequence is a literal", () => {
  const nasty = "a ${x} %{y} $${z}";
  const escaped = "a $${x} %%{y} $$${z}";

  test("in descriptions, tags, key pairs and backends", () => {
    const config = exampleConfig({
      description: nasty,
      keyPair: nasty,
      tags: { [nasty]: nasty },
      backend: { s3: { key: nasty, list: [nasty] } },
    });
    expect(group(config)).toMatchObject({
      description: escaped,
      key_name: escaped,
      tags: [{ key: escaped, value: escaped }],
    });
    expect(synth(config).terraform.backend).toEqual({ s3: { key: escaped, list: [escaped] } });
  });

  test("in directives, which are unescaped in the script and escaped once for Terraform", () => {
    const config = exampleConfig({ redis: { directives: { "proc-title-template": nasty } } });
    const app = new App({ outdir: mkdtempSync(join(folder, "out-")) });
    const { groups } = addStack(app, config).node.findChild("replicas") as RedisReplicas;
    expect(groups[0]!.bootScript.text).toContain(`DIRECTIVES='proc-title-template ${nasty}'`);
    const { locals, output } = synth(config);
    expect(Object.values(locals)[0]).toContain(`DIRECTIVES='proc-title-template ${escaped}'`);
    expect(output.settings.value["DIRECTIVES"]).toBe(`proc-title-template ${escaped}`);
  });
});

describe("a value that the constructs refuse is a problem of the file", () => {
  test("at the position of its value, also if a key has a dot", () => {
    const secretArns = ["arn:aws:secretsmanager:us-west-2:123456789012:secret:redis-a1B2c3"];
    const text = `${exampleText({ tags: undefined, secrets: { secretArns } })}tags:\n  team.name: "a;b"\n`;
    const source = new Source("c.yaml", text);
    const add = () =>
      addStacks(new App({ outdir: folder }), [{ config: clusterConfig.parse(source.data), source }]);
    expect(add).toThrow(
      `c.yaml:${text.split("\n").length - 1}:14: \`tags.team.name\` must contain only letters`,
    );
  });

  const loaded = (config: ClusterConfig, changes: Record<string, unknown>): LoadedConfig => ({
    config,
    source: Source.read(file(folder, "c.yaml", exampleText(changes))),
  });

  function problems(config: ClusterConfig, changes: Record<string, unknown> = {}): ConfigError {
    const outdir = mkdtempSync(join(folder, "out-"));
    try {
      addStacks(new App({ outdir }), [loaded(config, changes)]);
    } catch (error) {
      return error as ConfigError;
    }
    throw new Error("nothing was refused");
  }

  // Text of a hash is hardly compressible.
  const noise = Array.from({ length: 1200 }, (_, i) => hash(i));
  test.each<[string, Record<string, unknown>]>([
    ["redis.directives", { redis: { directives: { hz: noise.join("") } } }],
    [
      "bootScript.after",
      { bootScript: { after: `echo ${noise.join("")}` }, redis: { directives: { hz: 1 } } },
    ],
    ["masters", { masters: noise.map((each) => each.replace(/[^a-z0-9]/g, "")) }],
  ])("user data that is too large, at its longest value: %s", (path, changes) => {
    const error = problems(exampleConfig(changes), changes);
    expect(error.problems).toHaveLength(1);
    expect(error.message).toMatch(
      /c\.yaml:\d+:\d+: `userData` must be at most 16384 bytes after gzip, got: \d+\. Shorten `\S+`\.$/,
    );
    expect(error.message).toContain(`Shorten \`${path}\`.`);
    expect(error.problems[0]?.at?.line).toBeGreaterThan(1);
  });

  test("a value that the schema does not check, at its position in the file", () => {
    const error = problems({ ...exampleConfig(), region: "mars" });
    expect(error.message).toMatch(/c\.yaml:2:9: `region` must be an AWS region/);
  });
});

function hash(index: number): string {
  return createHash("sha256").update(String(index)).digest("base64");
}

const token = fc.stringMatching(/^[a-z0-9.:_-]{1,12}$/);
const port = fc.oneof(
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 55530, max: 55540 }),
  fc.integer({ min: 65530, max: 65540 }),
);
/** Any character. With fast-check's own `binary`, it would first list all of them. */
const character = fc
  .oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));
const text = fc.oneof(fc.string({ minLength: 1 }), fc.string({ unit: character, minLength: 1 }));

const peer = fc.record(
  {
    securityGroupId: fc.stringMatching(/^sg-[0-9a-g]{0,2}$/),
    prefixListId: fc.constantFrom("pl-0a", "sg-0a"),
    cidr: fc.oneof(
      fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 33 })).map((parts) => parts.join("/")),
      fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 129 })).map((parts) => parts.join("/")),
      fc.constantFrom("10.0.0.0/8", "fd00::/8"),
    ),
  },
  { requiredKeys: [] },
);

/** One field at a time, with valid and invalid values. */
const change = fc.oneof(
  field("name", token),
  field("region", fc.oneof(fc.constant("us-west-2"), token)),
  field("description", text),
  field("masters", fc.array(fc.oneof(token, fc.ipV4(), fc.domain()), { maxLength: 3 })),
  field(
    "replicas",
    fc.oneof(fc.integer({ min: -1, max: 2 }), fc.integer({ min: 999, max: 1001 }), fc.double()),
  ),
  field("imageId", fc.stringMatching(/^am?i-[0-9a-g]{1,3}$/)),
  field("keyPair", text),
  field(
    "iamInstanceProfile",
    fc.oneof(token, fc.constant("arn:aws-cn:iam::123456789012:instance-profile/a/b")),
  ),
  field("securityGroupIds", fc.array(fc.stringMatching(/^sg-[0-9a-g]{0,2}$/), { maxLength: 3 })),
  field("account", fc.stringMatching(/^act-[0-9a-f]{7,9}$/)),
  field("tags", fc.dictionary(text, text)),
  field("instanceTypes", fc.record({ onDemand: token, spot: fc.array(token, { maxLength: 2 }) })),
  field(
    "availabilityZones",
    fc.dictionary(
      fc.stringMatching(/^us-west-2[a-c][a-z0-9-]?$/),
      fc.array(fc.constantFrom("subnet-1", "subnet-2")),
    ),
  ),
  field("redis", fc.record({ port, busPort: port }, { requiredKeys: [] })),
  field("redis", fc.record({ maxMemory: fc.stringMatching(/^[0-9]{0,3}[kKmMgG]?[bB]?$/) })),
  field(
    "redis",
    fc.record({
      version: fc.constantFrom("7.2.1", "7.2"),
      url: fc.webUrl().map((url) => `${url}x.tar.gz`),
      sha256: fc.constant("0".repeat(64)),
    }),
  ),
  field("redis", fc.record({ install: fc.constant("package"), package: token })),
  field(
    "redis",
    fc.record({
      directives: fc.dictionary(
        fc.constantFrom("port", "user", "cluster-x", "maxmemory", "hz", "a-", "x--y"),
        text,
      ),
    }),
  ),
  field("strategy", fc.record({ drainingTimeout: fc.constantFrom(0, 1, 3600, 3601) })),
  field(
    "strategy",
    fc.record({
      revertToSpot: fc.array(fc.stringMatching(/^Sun:[0-2]\d:[0-6]\d-Mon:03:00$/), { maxLength: 2 }),
    }),
  ),
  field(
    "network",
    fc.record(
      {
        vpcId: fc.stringMatching(/^vpc-[0-9a-g]{1,2}$/),
        masters: peer,
        clients: fc.array(peer, { maxLength: 2 }),
        downloads: fc.array(peer, { maxLength: 2 }),
        openMasters: fc.boolean(),
      },
      { requiredKeys: ["vpcId", "masters"] },
    ),
  ),
  field(
    "secrets",
    fc.record({
      secretArns: fc.array(
        fc.stringMatching(
          /^arn:aws:secretsmanager:us-west-[12]:123456789012:secret:[a-z*/]{1,3}-[a-zA-Z0-9]{6}$/,
        ),
      ),
    }),
  ),
  field("persistence", fc.record({ rootVolume: fc.boolean(), privateIp: fc.boolean() })),
);

function field(key: string, values: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> {
  return values.map((value) => ({ [key]: value }));
}

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
    { numRuns: 200 },
  );
  expect(accepted).toBeGreaterThan(40);
});
