import { agentSha256 } from "../../../constructs/redis/release";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RULES } from "../../../cli/rules";
import { evaluate, type Evaluation } from "../../../cli/rules/evaluation";
import { factsOf } from "../../../cli/rules/facts";
import { RULES_PAGE, rulesPage } from "../../../cli/rules/rules-page";
import { bytesOf } from "../../../constructs/redis/memory-size";
import { schemaAt } from "../../../config/schema-walk";
import { exampleConfig } from "../../config/example";
import { ROOT } from "../../support/folder";
import { words } from "../../support/words";

const device = "/dev/xvda";

const source = { file: "/etc/redis/secret" };

/** Changes after which only the rules that always have a finding have one. */
const quiet = {
  description: "replicas of the orders",
  protect: true,
  masters: ["10.0.1.10", "10.0.1.11"],
  replicas: 4,
  redis: { maxMemory: "10gb" },
  auth: { password: source },
  tls: { ca: source, certificate: source, key: source },
  strategy: { orientation: "equalZones" },
  rootVolume: { device, size: 40 },
  bootScript: { agent: { url: "https://example.com/agent.tar" } },
};

function evaluated(changes: Record<string, unknown>, environment = {}): Evaluation {
  return evaluate(factsOf(exampleConfig({ ...quiet, ...changes }), { inPipeline: false, ...environment }));
}

const ALWAYS = ["all-on-spot"];

function findings(changes: Record<string, unknown>, environment = {}): [string, string][] {
  return evaluated(changes, environment)
    .findings.filter(({ rule }) => !ALWAYS.includes(rule))
    .map(({ rule, cause, remedy }) => [rule, `${cause} ${remedy}`]);
}

const spot = (...types: string[]) => ({ instanceTypes: { onDemand: types[0], spot: types } });
const shards = [
  { name: "a", master: "10.0.1.10", replicas: 1 },
  { name: "b", master: "10.0.1.11", replicas: 3 },
];
const network = {
  vpcId: "vpc-1",
  masters: { cidr: "0.0.0.0/0" },
  clients: [{ cidr: "::/0" }, { cidr: "10.0.0.0/8" }],
};

const requirements = (minMemory: number, onDemand: unknown = "r6i.large") => ({
  instanceTypes: {
    onDemand,
    resourceRequirements: { minMemory, maxMemory: 128, minVcpus: 2, maxVcpus: 16 },
  },
});

/** Changes with a finding of a rule, words of the finding, and the other rules that have a finding then. */
const CASES: readonly [string, Record<string, unknown>, object, string, string[]?][] = [
  [
    "agent-version-mismatch",
    { bootScript: { agent: { url: "https://example.com/agent.tar", sha256: "0".repeat(64) } } },
    {},
    `This version's SHA-256 is ${agentSha256()}`,
  ],
  [
    "none-on-spot",
    { replicas: undefined, shards, strategy: { orientation: "equalZones", onDemandCount: 1 } },
    {},
    "No replica of shard a runs on a spot instance",
    ["one-replica", "fewer-replicas-than-zones", "uneven-zones"],
  ],
  ["none-on-spot", { strategy: { orientation: "equalZones", spotPercentage: 0 } }, {}, "No replica runs on"],
  [
    "fractional-spot-percentage",
    { strategy: { orientation: "equalZones", spotPercentage: 30 } },
    {},
    "30 % of 4 replicas is not a whole number",
  ],
  ["no-auth", { auth: undefined }, {}, "any client that can reach port 6379 can read and delete all data"],
  ["no-auth", { auth: undefined }, {}, "Set `auth.password`"],
  ["no-tls", { tls: undefined, auth: undefined }, {}, "data travels in clear text", ["no-auth"]],
  ["no-tls", { tls: undefined }, {}, "Set `tls`", ["password-in-clear-text"]],
  ["password-in-clear-text", { tls: undefined }, {}, "The password travels in clear text", ["no-tls"]],
  ["unrestricted-cidr", { network }, {}, "`network.masters` allows all addresses."],
  [
    "unrestricted-cidr",
    { network, auth: undefined },
    {},
    "`network.masters` allows all addresses, and no password is set",
    ["no-auth"],
  ],
  [
    "secrets-not-proxied",
    {
      install: { proxy: "http://proxy.internal:3128" },
      auth: { password: { parameter: "/redis/password" } },
    },
    {},
    "Instances request secrets directly, not through the proxy",
  ],
  ["no-destroy-protection", { protect: false }, {}, "set `protect: true`"],
  ["one-zone", { availabilityZones: { "us-west-2a": ["subnet-1"] } }, {}, "All replicas are in us-west-2a"],
  [
    "replica-in-master-zone",
    {
      masters: [
        { host: "10.0.1.10", zone: "us-west-2a" },
        { host: "10.0.1.11", zone: "us-west-2a" },
        { host: "10.0.1.12", zone: "us-west-2b" },
      ],
      availabilityZones: { "us-west-2a": ["subnet-1"] },
    },
    {},
    "A replica of 10.0.1.10 or 10.0.1.11 can only be in us-west-2a, the zone of its master",
    ["one-zone"],
  ],
  ["one-master", { masters: ["10.0.1.10"] }, {}, "List more `masters`"],
  [
    "one-replica",
    { replicas: 1 },
    {},
    "While the only replica is replaced",
    ["fewer-replicas-than-masters", "fewer-replicas-than-zones"],
  ],
  [
    "one-replica",
    { replicas: undefined, shards },
    {},
    "the only replica of shard a",
    ["fewer-replicas-than-zones", "uneven-zones"],
  ],
  [
    "fewer-replicas-than-masters",
    { masters: ["a", "b", "c", "d", "e", "f"] },
    {},
    "4 replicas for 6 masters",
  ],
  [
    "fewer-replicas-than-zones",
    { replicas: undefined, shards },
    {},
    "Fewer replicas of shard a (1) than zones (2): some zones have no replica",
    ["one-replica", "uneven-zones"],
  ],
  ["uneven-zones", { replicas: 5 }, {}, "5 replicas in 2 zones"],
  [
    "zone-spread-not-enforced",
    { strategy: {} },
    {},
    "With `availability` Spot can place all replicas into one of the 2 zones, where each then stays",
  ],
  ["few-spot-types", spot("r5.large", "r6i.large"), {}, "With 2 spot types"],
  ["few-spot-types", spot("r5.large"), {}, "With 1 spot type, capacity"],
  [
    "one-spot-family",
    spot("r6i.large", "r6i.xlarge", "r6i.2xlarge"),
    {},
    "All spot types are of family r6i",
    ["one-spot-generation", "small-on-demand-type", "unequal-spot-memory"],
  ],
  ["one-spot-generation", spot("r6i.large", "r6a.large", "r6in.large"), {}, "of generation 6"],
  [
    "previous-generation",
    spot("r6i.large", "r5.large", "i3.large"),
    {},
    "previous generations (i3.large)",
    ["unequal-spot-memory"],
  ],
  [
    "burstable-type",
    { instanceTypes: { onDemand: "t3.xlarge", spot: ["r5.large", "r6i.large", "r6a.large"] } },
    {},
    "t3.xlarge is throttled once its CPU credits are used",
    ["slow-source-build"],
  ],
  [
    "unknown-type",
    { architecture: "x86_64", ...spot("r6i.large", "r5.large", "q9x.large") },
    {},
    "The memory of q9x.large is not known here",
  ],
  [
    "memory-below-data",
    {},
    { memory: bytesOf("20gb") },
    "r6i.large has 16 GiB, and the data takes 20 GiB (`--memory`)",
    ["small-volume"],
  ],
  [
    "low-memory-headroom",
    { redis: { maxMemory: "14gb" } },
    {},
    "r6i.large has 16 GiB. 14 GiB of data (`redis.maxMemory`)",
  ],
  [
    "requirements-below-data",
    {
      instanceTypes: {
        onDemand: "r6i.large",
        resourceRequirements: { minMemory: 8, maxMemory: 32, minVcpus: 2, maxVcpus: 4 },
      },
    },
    {},
    "Instances with 8 GiB are allowed",
    ["architecture-not-enforced"],
  ],
  [
    "architecture-not-enforced",
    requirements(16),
    {},
    "The image is for x86_64, and Spot can also launch arm64 (Graviton) types",
  ],
  [
    "architecture-not-enforced",
    { architecture: "arm64", ...requirements(16, "r7g.large") },
    {},
    "The image is for arm64, and Spot can also launch x86_64 (Intel and AMD) types",
  ],
  [
    "architecture-not-enforced",
    requirements(16, { variable: "type" }),
    {},
    "Spot can launch x86_64 and arm64 types",
  ],
  [
    "small-on-demand-type",
    requirements(64),
    {},
    "r6i.large has 16 GiB, and spot instances have at least 64 GiB",
    ["architecture-not-enforced"],
  ],
  [
    "small-on-demand-type",
    { instanceTypes: { onDemand: "m6i.xlarge", spot: ["r6i.xlarge", "r5.xlarge", "r6a.xlarge"] } },
    {},
    "m6i.xlarge has 16 GiB, less than r6i.xlarge, r5.xlarge and r6a.xlarge",
  ],
  [
    "small-on-demand-type",
    {
      instanceTypes: {
        onDemand: ["r6i.xlarge", "m6i.xlarge"],
        spot: ["r6i.xlarge", "r5.xlarge", "r6a.xlarge"],
      },
    },
    {},
    "m6i.xlarge has 16 GiB, less than r6i.xlarge, r5.xlarge and r6a.xlarge",
  ],
  [
    "unequal-spot-memory",
    spot("r6i.xlarge", "r5.large", "r6a.xlarge"),
    {},
    "A replacement can have 16 GiB of memory where the instance before had 32 GiB",
  ],
  ["no-max-memory", { redis: {} }, {}, "Set `redis.maxMemory`"],
  [
    "small-volume",
    { rootVolume: { device, size: 20 } },
    {},
    "has 20 GiB. The system and a full resync need 28 GiB",
  ],
  [
    "small-volume",
    { rootVolume: { device } },
    { memory: 15.5 * 2 ** 30 },
    "The root volume has 38 GiB. The system and a full resync need 39 GiB",
    ["low-memory-headroom"],
  ],
  ["assumed-root-device", { rootVolume: undefined }, {}, "assumed to boot from /dev/xvda"],
  ["assumed-root-device", { rootVolume: { size: 40 } }, {}, "`/dev/sda1` for Ubuntu"],
  [
    "small-volume",
    { dataVolume: { size: 19 } },
    {},
    "The data volume has 19 GiB. A full resync needs 20 GiB",
  ],
  [
    "slow-volume",
    {
      dataVolume: { size: 200 },
      rootVolume: { device, size: 40, throughput: 750 },
      ...spot("r6i.4xlarge", "r5.4xlarge", "r6a.4xlarge"),
    },
    { memory: bytesOf("80gb") },
    "At 125 MiB/s a replacement loads 80 GiB for 11 minutes",
  ],
  ["gp3-limits", { dataVolume: { size: 40, iops: 20000 } }, {}, "125 MiB/s use 3000 of the 20000 IOPS"],
  [
    "unencrypted-volume",
    { dataVolume: { size: 40, encrypted: false } },
    {},
    "The data volume holds the data and is not encrypted",
  ],
  [
    "volume-not-kept",
    { dataVolume: { size: 40 }, persistence: { dataVolume: false } },
    {},
    "Every replacement joins as a new node",
  ],
  [
    "slow-volume",
    { rootVolume: { device, size: 200 }, ...spot("r6i.4xlarge", "r5.4xlarge", "r6a.4xlarge") },
    { memory: bytesOf("80gb") },
    "At 125 MiB/s a replacement loads 80 GiB for 11 minutes",
  ],
  [
    "slow-volume",
    { redis: {}, rootVolume: { device, size: 250 }, ...spot("r6i.4xlarge", "r5.4xlarge", "r6a.4xlarge") },
    {},
    "a replacement loads 96 GiB (a full instance) for 13 minutes",
    ["no-max-memory"],
  ],
  [
    "gp3-limits",
    { rootVolume: { device, size: 40, iops: 8000, throughput: 1000 } },
    {},
    "1000 MiB/s use 4000 of the 8000 IOPS",
  ],
  [
    "gp3-limits",
    { rootVolume: { device, size: 40, iops: 20000 } },
    {},
    "125 MiB/s use 3000 of the 20000 IOPS",
  ],
  [
    "gp3-limits",
    { rootVolume: { device, size: 16385 } },
    {},
    "the limits of gp3 were 16000 IOPS and 16384 GiB",
  ],
  [
    "unencrypted-volume",
    { rootVolume: { device, size: 40, encrypted: false } },
    {},
    "neither are its snapshots",
  ],
  ["volume-not-kept", { persistence: { rootVolume: false } }, {}, "Every replacement joins as a new node"],
  ["address-not-kept", { persistence: { privateIp: false } }, {}, "must learn a new address"],
  [
    "no-fallback",
    { strategy: { orientation: "equalZones", fallbackToOnDemand: false } },
    {},
    "a replica is missing",
  ],
  [
    "revert-to-spot-anytime",
    { strategy: { orientation: "equalZones", revertToSpot: "always" } },
    {},
    "Each return to spot replaces the replica",
  ],
  [
    "slow-source-build",
    spot("r6g.medium", "r7g.medium", "r8g.medium"),
    {},
    "The build on a first boot takes many minutes",
    ["memory-below-data"],
  ],
  ["no-auto-healing", { autoHealing: false }, {}, "until it is recycled by hand"],
  [
    "orphaned-storage",
    { deallocation: { volumes: false, images: true } },
    {},
    "the volumes stay and are billed",
  ],
  ["resumes-paused", { resumePaused: true }, {}, "paused on purpose"],
  ["ignored-change", { ignoreChanges: ["image_id"] }, {}, "Later changes of image_id do not reach the group"],
  [
    "overridden-attribute",
    { overrides: { cpu_credits: "unlimited", itf: [] } },
    {},
    "sets cpu_credits and itf after all checks",
  ],
  ["local-state", {}, { inPipeline: true }, "the next run creates a second group"],
];

test("a config that keeps every rule has only the findings that every config has", () => {
  expect(findings({})).toEqual([]);
  expect(evaluated({}).findings.map(({ rule }) => rule)).toEqual(ALWAYS);
});

test.each(CASES)("%s: %j with %j", (rule, changes, environment, words, others = []) => {
  const found = findings(changes, environment);
  const own = found.filter(([name]) => name === rule).map(([, message]) => message);
  expect(own.join("\n")).toContain(words);
  expect(new Set(found.map(([name]) => name))).toEqual(new Set([rule, ...others]));
});

test("every rule has a case above", () => {
  const tried = new Set([...CASES.map(([rule]) => rule), ...ALWAYS]);
  expect([...RULES.keys()].filter((id) => !tried.has(id))).toEqual([]);
});

test.each([
  [{}, "Until on-demand instances have taken over, minutes later"],
  [{ strategy: { fallbackToOnDemand: false } }, "Until spot capacity returns"],
])("all-on-spot is found by default, and with %j its cause is: %s", (changes, words) => {
  const [found] = evaluated(changes).findings.filter(({ rule }) => rule === "all-on-spot");
  expect(found).toMatchObject({ severity: "warning", cause: expect.stringContaining(words) as string });
});

test.each([
  ["gp3-limits", { rootVolume: { device, size: 40, iops: 4000, throughput: 1000 } }, "passed"],
  ["gp3-limits", { rootVolume: { device, size: 40, type: "gp2" } }, "not_applicable"],
  ["small-volume", { rootVolume: undefined, dataVolume: { size: 20 } }, "passed"],
  ["unencrypted-volume", { rootVolume: undefined, dataVolume: { size: 20 } }, "passed"],
  ["volume-not-kept", { dataVolume: { size: 40 }, persistence: { rootVolume: false } }, "passed"],
  ["small-on-demand-type", requirements(16), "passed"],
  ["architecture-not-enforced", {}, "not_applicable"],
  ["all-on-spot", { strategy: { onDemandCount: { variable: "n" } } }, "passed"],
  ["all-on-spot", { strategy: { spotPercentage: 99 } }, "passed"],
  ["all-on-spot", { strategy: { spotPercentage: { variable: "p" } } }, "not_applicable"],
  ["none-on-spot", {}, "not_applicable"],
  ["none-on-spot", { strategy: { onDemandCount: 1 } }, "passed"],
  ["fractional-spot-percentage", { replicas: 4, strategy: { spotPercentage: 75 } }, "passed"],
  ["password-in-clear-text", { auth: undefined, tls: undefined }, "not_applicable"],
  ["password-in-clear-text", {}, "passed"],
  ["agent-version-mismatch", { bootScript: undefined }, "not_applicable"],
  ["secrets-not-proxied", {}, "not_applicable"],
  ["secrets-not-proxied", { install: { proxy: "http://proxy.internal:3128" } }, "passed"],
  ["agent-version-mismatch", { bootScript: { agent: { url: "https://example.com/agent.tar" } } }, "passed"],
  [
    "agent-version-mismatch",
    { bootScript: { agent: { url: "https://example.com/agent.tar", sha256: agentSha256() } } },
    "passed",
  ],
  [
    "agent-version-mismatch",
    { bootScript: { agent: { url: { variable: "url" }, sha256: { variable: "sum" } } } },
    "passed",
  ],
])("%s with %j has the result %s", (rule, changes, result) => {
  expect(new Map(evaluated(changes).results).get(rule)).toBe(result);
});

test("warnings come before notes", () => {
  const severities = evaluated({ redis: {}, protect: false, rootVolume: undefined }).findings.map(
    ({ severity }) => severity,
  );
  expect(severities).toContain("note");
  expect(severities).toEqual([...severities].sort().reverse());
});

test("the keys of every rule are keys of a config", () => {
  for (const [id, { keys }] of RULES)
    for (const key of keys) expect([id, key, schemaAt(key.split("."))]).not.toContain(undefined);
});

test.each([
  [{ availabilityZones: { variable: "zones" } }, "one-zone"],
  [{ masters: { variable: "masters" } }, "one-master"],
  [{ replicas: { variable: "n" } }, "one-replica"],
  [{ instanceTypes: { onDemand: { variable: "a" }, spot: { variable: "b" } } }, "few-spot-types"],
  [
    { instanceTypes: { onDemand: { variable: "a" }, spot: ["r5.large", "r6i.large", { variable: "b" }] } },
    "small-on-demand-type",
  ],
  [{ rootVolume: { device, size: { variable: "size" } } }, "small-volume"],
])("a value that is known only to Terraform (%j) has no finding, and %s does not apply", (changes, rule) => {
  expect(findings(changes)).toEqual([]);
  expect(new Map(evaluated(changes).results).get(rule)).toBe("not_applicable");
});

test("an ignored rule has no finding, and keeps its reason", () => {
  const reason = "the cluster is in one zone too";
  const changes = {
    availabilityZones: { "us-west-2a": ["subnet-1"] },
    review: { ignore: [{ rule: "one-zone", reason }] },
  };
  expect(findings(changes)).toEqual([]);
  expect(evaluated(changes).ignored).toMatchObject([{ rule: "one-zone", severity: "warning", reason }]);
  expect(new Map(evaluated(changes).results).get("one-zone")).toBe("ignored");
});

test("causes and remedies are sentences on one line", () => {
  for (const [rule, changes, environment] of CASES) {
    for (const { cause, remedy } of evaluated(changes, environment).findings) {
      expect([rule, cause]).toEqual([rule, expect.stringMatching(/^[A-Za-z0-9`][^\n]*\.$/)]);
      expect([rule, remedy]).toEqual([rule, expect.stringMatching(/^[A-Z][^\n]*\.$/)]);
    }
  }
});

test("the id of a rule is the name of its file", () => {
  const helpers = ["emit-page", "evaluation", "facts", "index", "rule", "rules-page"];
  const files = readdirSync(join(ROOT, "cli/rules")).map((name) => name.replace(/\.ts$/, ""));
  expect(files.filter((name) => !helpers.includes(name)).sort()).toEqual([...RULES.keys()].sort());
});

test("the committed page is the output of `npm run rules-page`", () => {
  expect(words(readFileSync(join(ROOT, RULES_PAGE), "utf8"))).toBe(words(rulesPage()));
});

const zoned = (...masters: unknown[]) => ({ masters, availabilityZones: { "us-west-2a": ["subnet-1"] } });
const first = { host: "10.0.1.10", zone: "us-west-2a" };

test.each<[string, Record<string, unknown>, string]>([
  ["a master in another zone", zoned({ ...first, zone: "us-west-2b" }, "10.0.1.11"), "passed"],
  ["masters without zones", zoned("10.0.1.10", "10.0.1.11"), "not_applicable"],
  ["a master whose zone is a variable", zoned({ ...first, zone: { variable: "z" } }), "not_applicable"],
  ["masters of a variable", { ...zoned(), masters: { variable: "m" } }, "not_applicable"],
  ["zones of a variable", { masters: [first], availabilityZones: { variable: "z" } }, "not_applicable"],
  ["several zones", { masters: [first] }, "passed"],
  ["a shard of a master in the zone", { ...zoned(first), replicas: undefined, shards }, "finding"],
  [
    "shards of other nodes",
    { ...zoned({ ...first, host: "10.0.1.12" }), replicas: undefined, shards },
    "not_applicable",
  ],
  ["a host of a variable", zoned({ ...first, host: { variable: "m" } }), "finding"],
])("whether a replica must be in the zone of its master: %s", (_, changes, result) => {
  expect(new Map(evaluated(changes).results).get("replica-in-master-zone")).toBe(result);
});
