import { example, exampleText } from "./example";
import { messages, problemsOf } from "./messages";

const zones = { "us-west-2a": ["subnet-0a1b"] };

describe("each mistake is one message with its position, the rule and the value", () => {
  test.each<[mistake: string, changes: Record<string, unknown>, message: string]>([
    ["a `$schema` that is not text", { $schema: 7 }, "`$schema` must be a path or a URL, got: 7"],
    [
      "an unknown key",
      { colour: "red" },
      '`colour` must be a known key, got: "colour". Known keys: name, region',
    ],
    ["a misspelt key", { securityGroupId: 1 }, "Did you mean `securityGroupIds`?"],
    [
      "a swapped letter",
      { keyPiar: "k" },
      '`keyPiar` must be a known key, got: "keyPiar". Did you mean `keyPair`?',
    ],
    [
      "a misspelt nested key",
      { strategy: { fallbackToOndemnd: true } },
      '`strategy.fallbackToOndemnd` must be a known key, got: "fallbackToOndemnd". Did you mean `fallbackToOnDemand`?',
    ],
    [
      "a wrong enum value",
      { strategy: { orientation: "ballanced" } },
      '`strategy.orientation` must be one of availability, balanced, cost, equalZones, got: "ballanced". Did you mean `balanced`?',
    ],
    [
      "a revert that is neither a known word nor a list",
      { strategy: { revertToSpot: "nevr" } },
      'got: "nevr". Did you mean `never`?',
    ],
    [
      "a revert of another type",
      { strategy: { revertToSpot: 5 } },
      "`strategy.revertToSpot` must be always, never or a list of windows such as Sun:03:00-Sun:05:00 (UTC), got: 5",
    ],
    [
      "a window without its end",
      { strategy: { revertToSpot: ["Sun:03:00"] } },
      '`strategy.revertToSpot[0]` must be a window such as Sun:03:00-Sun:05:00 (UTC), got: "Sun:03:00"',
    ],
    [
      "an empty window",
      { strategy: { revertToSpot: ["Sun:03:00-Sun:05:00", "Mon:03:00-Mon:03:00"] } },
      '`strategy.revertToSpot[1]` must not be an empty window, got: "Mon:03:00-Mon:03:00"',
    ],
    [
      "a token instead of an account, which is not shown",
      { account: "0123456789abcdef".repeat(4) },
      '`account` must be a Spot account such as act-1a2b3c4d, got: "(64 hex digits)"',
    ],
    [
      "a NUL",
      { description: "a\0b" },
      '`description` must not contain a NUL, which shells do not support, got: "a\\u0000b"',
    ],
    [
      "a zone without a subnet",
      { availabilityZones: { ...zones, "us-west-2b": [] } },
      "`availabilityZones.us-west-2b` must name at least one subnet, got: []",
    ],
    ["no zone", { availabilityZones: {} }, "`availabilityZones` must name at least one zone, got: {}"],
    [
      "an invalid zone",
      { availabilityZones: { west: ["subnet-1"] } },
      '`availabilityZones.west` must be an availability zone such as us-west-2a, got: "west"',
    ],
    [
      "a zone of another region",
      { availabilityZones: { "us-east-1a": ["subnet-1"] } },
      '`availabilityZones.us-east-1a` must be a zone of `region` (us-west-2), got: "us-east-1a"',
    ],
    [
      "a subnet in two zones",
      { availabilityZones: { ...zones, "us-west-2b": ["subnet-0a1b"] } },
      "`availabilityZones.us-west-2b[0]` must be listed in one zone only; it is already listed in us-west-2a",
    ],
    ["no master", { masters: [] }, "`masters` must name at least one master, got: []"],
    [
      "no masters at all",
      { masters: undefined },
      "`masters` must be given, got: nothing. Add it, such as `masters: [10.0.1.10]`.",
    ],
    [
      "a master with an invalid IP",
      { masters: ["10.0.1.999"] },
      '`masters[0]` must be an IP or DNS name with or without a port (by default, `redis.port`), IPv6 in brackets, such as [fd00::1]:6380, got: "10.0.1.999"',
    ],
    [
      "a master with an invalid port",
      { masters: ["10.0.1.10:65536"] },
      '`masters[0]` must be an IP or DNS name with or without a port (by default, `redis.port`), IPv6 in brackets, such as [fd00::1]:6380, got: "10.0.1.10:65536"',
    ],
    [
      "an IPv6 address without brackets",
      { masters: ["fd00::1"] },
      '`masters[0]` must be an IP or DNS name with or without a port (by default, `redis.port`), IPv6 in brackets, such as [fd00::1]:6380, got: "fd00::1"',
    ],
    [
      "an invalid zone of a master",
      { masters: [{ host: "10.0.1.10", zone: "usw2-az1" }] },
      '`masters[0].zone` must be an availability zone such as us-west-2a, got: "usw2-az1"',
    ],
    [
      "a master without its zone",
      { masters: [{ host: "10.0.1.10" }] },
      "`masters[0].zone` must be given, got: nothing. Add it, such as `zone: us-west-2a`.",
    ],
    [
      "a misspelt key of a master",
      { masters: [{ hosts: "10.0.1.10", zone: "us-west-2a" }] },
      '`masters[0].hosts` must be a known key, got: "hosts". Did you mean `host`?',
    ],
    [
      "a number as a master",
      { masters: [10] },
      "`masters[0]` must be an IP or DNS name with or without a port (by default, `redis.port`), IPv6 in brackets, such as [fd00::1]:6380, got: 10",
    ],
    ["a master twice", { masters: ["a", "b", "a"] }, '`masters[2]` must name each master once, got: "a"'],
    [
      "one master instead of a list",
      { masters: "10.0.1.10" },
      '`masters` must be a list with at least one master, got: "10.0.1.10". Write it as a list: [10.0.1.10].',
    ],
    [
      "an empty spot list",
      { instanceTypes: { onDemand: "r5.large", spot: [] } },
      "`instanceTypes.spot` must name at least one instance type, got: []",
    ],
    [
      "a preferred type that is not a spot type",
      { instanceTypes: { onDemand: "r5.large", spot: ["r5.large"], preferredSpot: ["r6i.large"] } },
      '`instanceTypes.preferredSpot[0]` must be one of `instanceTypes.spot`, got: "r6i.large"',
    ],
    [
      "a number in quotes",
      { replicas: "3" },
      '`replicas` must be a whole number from 1 to 1000, got: "3". Leave out the quotes.',
    ],
    [
      "more replicas than the largest number",
      { replicas: 1e20 },
      "`replicas` must be a whole number from 1 to 1000, got: 100000000000000000000",
    ],
    ["no value at all", { replicas: null }, "`replicas` must be a whole number from 1 to 1000, got: null"],
    ["half a replica", { replicas: 1.5 }, "`replicas` must be a whole number from 1 to 1000, got: 1.5"],
    [
      "a tag that is a number",
      { tags: { cost: 7 } },
      "`tags.cost` must be text of at most 256 characters, got: 7. Put it in quotes.",
    ],
    ["a tag of AWS's own", { tags: { "aws:x": "y" } }, "must be 1 to 128 characters and not begin with aws:"],
    [
      "a release without its checksum",
      { redis: { version: "7.2.1", url: "https://x/r.tar.gz" } },
      "`redis.sha256` must be given together with `version` and `url`, got: nothing",
    ],
    [
      "a release of the other engine",
      { redis: { version: "8.1.9" } },
      '`redis.version` must be a release of Redis that this package knows, such as 8.0.6, 8.2.8 or 8.4.5, unless `url` and `sha256` are given, got: "8.1.9"',
    ],
    [
      "an unknown release of Valkey",
      { redis: { engine: "valkey", version: "8.1.4" } },
      '`redis.version` must be a release of Valkey that this package knows, such as 7.2.14, 8.0.10 or 8.1.9, unless `url` and `sha256` are given, got: "8.1.4"',
    ],
    [
      "a proxy with a password",
      { install: { proxy: "http://user:hunter2@proxy:3128" } },
      "`install.proxy` must be the URL of an HTTP proxy without a password and a path, such as http://proxy.internal:3128, got: a text",
    ],
    [
      "a mirror that is no URL",
      { install: { mirror: "files.example.com" } },
      '`install.mirror` must be an HTTP or HTTPS URL, got: "files.example.com"',
    ],
    [
      "a host name that all instances would have",
      { redis: { announceHostname: "redis.example.com" } },
      '`redis.announceHostname` must be a host name with {instance-id} or {private-ip} in it, since that of each instance must differ, got: "redis.example.com"',
    ],
    [
      "a host name with an unknown placeholder",
      { redis: { announceHostname: "{instance-id}.{zone}" } },
      "`redis.announceHostname` must be a host name with {instance-id} or {private-ip} in it",
    ],
    [
      "a host name with a release that has none",
      { redis: { version: "6.2.23", announceHostname: "{instance-id}" } },
      '`redis.announceHostname` must be left out with Redis 6.2.23, which does not have it: that begins with 7.0.0, got: "{instance-id}"',
    ],
    [
      "a node timeout in seconds",
      { redis: { nodeTimeout: 15 } },
      "`redis.nodeTimeout` must be a whole number from 100 to 600000, got: 15",
    ],
    [
      "a module without its path",
      { redis: { modules: ["redisbloom.so"] } },
      "`redis.modules[0]` must be the absolute path of a module, with its arguments behind it, got: a text",
    ],
    [
      "a module with a further line",
      { redis: { modules: ["/lib/a.so 1\nport 1"] } },
      "`redis.modules[0]` must be the absolute path of a module, with its arguments behind it, got: a text",
    ],
    ["no module", { redis: { modules: [] } }, "`redis.modules` must name at least one module, got: "],
    [
      "an unknown engine",
      { redis: { engine: "valky" } },
      '`redis.engine` must be one of redis, valkey, got: "valky". Did you mean `valkey`?',
    ],
    [
      "a release for an image that has Redis",
      { redis: { install: "image", version: "7.2.1" } },
      '`redis.version` must be left out unless `install` is source, got: "7.2.1"',
    ],
    [
      "a package for a build from source",
      { redis: { package: "redis" } },
      '`redis.package` must be left out unless `install` is package, got: "redis"',
    ],
    [
      "a port without a valid bus port",
      { redis: { port: 60000 } },
      "`redis.port` must be at most 55535 unless `busPort` is given, got: 60000",
    ],
    [
      "the same port for both",
      { redis: { port: 7000, busPort: 7000 } },
      "`redis.busPort` must differ from `port`, got: 7000",
    ],
    [
      "a directive that this package sets",
      { redis: { directives: { "cluster-enabled": "no" } } },
      "`redis.directives.cluster-enabled` must be left out: this package sets it itself, or relies on its default, got: a text",
    ],
    [
      "a directive that would break the receipt of a clean shutdown",
      { redis: { directives: { rdbchecksum: "no" } } },
      "`redis.directives.rdbchecksum` must be left out: this package sets it itself, or relies on its default",
    ],
    [
      "a directive of two lines",
      { redis: { directives: { hz: "1\nport 1" } } },
      "`redis.directives.hz` must be one line, got: a text",
    ],
    [
      "persistence of nothing",
      { persistence: { rootVolume: false, privateIp: false } },
      "`persistence` must keep the root volume or the private IP",
    ],
    [
      "persistence of nothing, including the data volume",
      { dataVolume: { size: 9 }, persistence: { rootVolume: false, privateIp: false, dataVolume: false } },
      "`persistence` must keep the root volume or the private IP",
    ],
    ["two backends", { backend: { s3: {}, gcs: {} } }, "`backend` must name exactly one backend"],
    [
      "a backend of another type",
      { backend: 5 },
      "`backend` must be `none` or one backend with its settings",
    ],
    [
      "a variable's name that Terraform refuses",
      { imageId: { variable: "count" } },
      '`imageId.variable` must be the name of a Terraform variable, such as master_ip, got: "count"',
    ],
    [
      "a zone map's variable with a bad name",
      { availabilityZones: { variable: "1" } },
      "`availabilityZones.variable` must be the name",
    ],
    [
      "one variable for two types",
      { replicas: { variable: "x" }, imageId: { variable: "x" } },
      "`imageId` must name a variable of type string, and `x` is a number in `replicas`",
    ],
    [
      "a variable in a place without variables",
      { region: { variable: "r" } },
      '`region` must be an AWS region such as us-west-2, got: {"variable":"r"}. A variable is not allowed here.',
    ],
    [
      "a variable for all tags",
      { tags: { variable: "tags" } },
      '`tags` must name each of its keys, got: {"variable":"tags"}. A variable is not allowed here.',
    ],
    [
      "a variable for all directives",
      { redis: { directives: { variable: "lines" } } },
      "`redis.directives` must name each of its keys, got: a map with variable. A variable is not allowed here.",
    ],
    [
      "a name that JavaScript reserves",
      { name: "constructor" },
      "`name` must be another word, since JavaScript reserves this one",
    ],
    [
      "a name that is not a valid file name",
      { name: "a/b" },
      "`name` must be 1 to 100 letters, digits, dots, dashes or underscores",
    ],
    [
      "a variable with a name that JavaScript reserves",
      { imageId: { variable: "constructor" } },
      '`imageId.variable` must be another word, since JavaScript reserves this one, got: "constructor"',
    ],
    [
      "one variable twice in a list",
      { masters: [{ variable: "ip" }, { variable: "ip" }] },
      '`masters[1]` must name each master once, got: {"variable":"ip"}',
    ],
    [
      "one variable for two shards",
      {
        replicas: undefined,
        shards: ["a", "b"].map((name) => ({ name, master: { variable: "m" }, replicas: 1 })),
      },
      "`shards[1].master` must be the node of one shard",
    ],
    [
      "one group for two shards",
      {
        replicas: undefined,
        shards: ["0", "1"].map((end) => ({
          ...{ name: `s${end}`, master: `10.0.1.1${end}`, replicas: 1, adopt: "sig-1a2b3c4d" },
        })),
      },
      "`shards[1].adopt` must name a group that no other shard has",
    ],
    [
      "a target group of another region",
      { targetGroupArns: ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/a/b"] },
      "`targetGroupArns[0]` must be in `region` (us-west-2)",
    ],
    [
      "a key of another region",
      { dataVolume: { size: 20, kmsKeyId: "arn:aws:kms:eu-west-1:123456789012:alias/redis" } },
      "`dataVolume.kmsKeyId` must be in `region` (us-west-2)",
    ],
    [
      "more tags than EC2 takes",
      { tags: Object.fromEntries(Array.from({ length: 51 }, (__, number) => [`tag${number}`, "x"])) },
      "`tags` must be at most 50 tags, the limit of EC2",
    ],
    [
      "an address with a leading zero",
      { privateIps: ["10.0.2.08"] },
      "`privateIps[0]` must be an IPv4 address",
    ],
    [
      "a text that looks like a token of cdktf",
      { tags: { a: "${TfToken[TOKEN.0]}" } },
      "`tags.a` must not contain {TfToken[",
    ],
  ])("%s", (_, changes, message) => {
    const found = messages(changes);
    expect(found).toEqual([expect.stringContaining(message)]);
  });
});

test.each<[changes: Record<string, unknown>, meant: string]>([
  [{ region: undefined, regin: "us-west-2" }, "region"],
  [{ replicas: undefined, shard: [] }, "shards"],
  [{ instanceTypes: { onDemand: "r6i.large", resourceRequirement: {} } }, "resourceRequirements"],
])("a misspelt key is not reported as missing too (%j)", (changes, meant) => {
  expect(messages(changes)).toEqual([expect.stringContaining(`Did you mean \`${meant}\`?`)]);
});

test("the message about a wrong subnet has its zone", () => {
  const changes = { availabilityZones: { "us-west-2a": ["subnet-xyz"] }, preferredZones: ["us-west-2a"] };
  expect(messages(changes)).toEqual([expect.stringContaining("`availabilityZones.us-west-2a[0]` must be")]);
});

test("a key named `variable` in a place without variables does not hide other mistakes", () => {
  const changes = { variable: "x", redis: { directives: { variable: "x", maxmemory: "1gb" } } };
  expect(messages(changes)).toEqual([
    expect.stringContaining("`variable` must be a known key"),
    expect.stringContaining("`redis.directives.maxmemory` must be left out"),
  ]);
});

test.each(["constructor", "toString", "__proto__"])(
  "an inherited key of objects (%s) is also unknown",
  (key) => {
    expect(
      problemsOf(`${exampleText()}${key}: 1\nredis: { ${key}: 1 }\n`).map(({ message }) => message),
    ).toEqual([
      expect.stringContaining(`\`${key}\` must be a known key, got: "${key}"`),
      expect.stringContaining(`\`redis.${key}\` must be a known key, got: "${key}"`),
    ]);
  },
);

test("positions are those of the value, or of the key if the key is wrong", () => {
  const text = "name: a\nregion:   mars\nmasters:\n  - 10.0.0.1\n  - 'x:0'\nbogus: 1\n";
  const places = problemsOf(text).map(({ at, message }) => [at?.line, at?.column, message.split("`")[1]]);
  expect(places).toEqual(
    expect.arrayContaining([
      [2, 11, "region"],
      [5, 5, "masters[1]"],
      [6, 1, "bogus"],
    ]),
  );
});

test("`<<` merges the keys of an anchor, and other mistakes are still found", () => {
  const text = `${exampleText({ rootVolume: undefined })}dataVolume: &volume { size: 50 }\nrootVolume: { <<: *volume, iops: 1 }\n`;
  expect(problemsOf(text).map(({ message }) => message)).toEqual([
    expect.stringContaining("`rootVolume.iops` must be a whole number"),
  ]);
  expect(problemsOf(text.replace(", iops: 1", ""))).toEqual([]);
});

test("several mistakes are reported at once, in the order of the file", () => {
  const data = example({
    replicas: 0,
    redis: { install: "sources", port: 60000, directives: { port: 1 } },
    availabilityZones: { "us-west-2a": [], "us-east-1b": ["subnet-1"] },
  });
  const found = problemsOf(JSON.stringify(data), "c.json");
  expect(found.map(({ message }) => message.split("`")[1])).toEqual([
    "replicas",
    "availabilityZones.us-west-2a",
    "availabilityZones.us-east-1b",
    "redis.install",
    "redis.port",
    "redis.directives.port",
  ]);
});

test("malformed YAML and a duplicate key are reported with line and column", () => {
  expect(problemsOf("a: 1\nb: [1\nc: 2\n")[0]).toMatchObject({ at: { line: 3, column: 1 } });
  expect(problemsOf("name: a\nregion: b\n'name': c\n")).toMatchObject([
    { at: { line: 3, column: 1 }, message: "`name` must be given once; remove one of them" },
  ]);
});

test.each([
  ["", "null"],
  ["- 1\n", "[1]"],
  ["text", '"text"'],
])("a file that holds no mapping (%j) is one problem", (text, got) => {
  expect(problemsOf(text).map(({ message }) => message)).toEqual([
    `the file must have the keys of a cluster, such as name, region and masters, got: ${got}`,
  ]);
});

describe("a message does not quote a possible secret", () => {
  const secret = "hunter2";
  test.each<[where: string, changes: string, got: string]>([
    ["two backends", "backend: { s3: { secret_key: hunter2 }, gcs: { x: hunter2 } }", "a map with s3, gcs"],
    ["a backend as a list", "backend: [hunter2]", "a list of 1"],
    ["a backend as a text", "backend: postgres://u:hunter2@h", "a text"],
    ["settings of a backend as a text", "backend: { s3: hunter2 }", "a map with s3"],
    ["a backend of another name", "backend: { S3-x: { k: hunter2 } }", "a map with S3-x"],
    ["a token in a setting of a backend", 'backend: { s3: { k: "{TfToken[hunter2" } }', "a text"],
    ["a password as a directive", "redis: { directives: { requirepass: hunter2 } }", "a text"],
    ["directives as a text", "redis: { directives: requirepass hunter2 }", "a text"],
    ["directives as a list", "redis: { directives: [requirepass hunter2] }", "a list of 1"],
    ["a password as an argument of a module", "redis: { modules: [a.so hunter2] }", "a text"],
    ["a directive as a list", "redis: { directives: { hz: [hunter2] } }", "a list of 1"],
    [
      "a list instead of directives",
      "redis: [{ directives: { a: hunter2 } }]",
      '[{"directives":"a map with a"}]',
    ],
    ["shell code as a list", "bootScript: { before: [export A=hunter2] }", "a list of 1"],
    ["a number as shell", "bootScript: { after: 5 }", "a number"],
  ])("%s", (_, line, got) => {
    const found = problemsOf(`${exampleText()}${line}\n`).map(({ message }) => message);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`, got: ${got}`);
    expect(found[0]).not.toContain(secret);
  });

  test("a file that is a list", () => {
    const [found] = problemsOf("- backend: { s3: { k: hunter2 } }\n");
    expect(found!.message).toContain("the file must have the keys");
    expect(found!.message).not.toContain(secret);
  });

  test("JSON with a syntax error after it", () => {
    const [found] = problemsOf('{ "backend": { "s3": { "k": "hunter2" }, } }', "c.json");
    expect(found!.message).toContain("not well-formed JSON");
    expect(found!.message).not.toContain(secret);
  });
});

test.each([
  "tags: { __proto__: a }",
  "backend: { s3: { a: { __proto__: a } } }",
  "redis: { directives: { __proto__: a } }",
  "overrides: { __proto__: a }",
  "overrides: { logging: [{ __proto__: a }] }",
])("a key that JavaScript drops is refused by name (%s)", (line) => {
  expect(problemsOf(`${exampleText()}${line}\n`).map(({ message }) => message)).toContainEqual(
    expect.stringContaining(
      '__proto__` must have another name, since JavaScript reserves this one, got: "__proto__"',
    ),
  );
});
