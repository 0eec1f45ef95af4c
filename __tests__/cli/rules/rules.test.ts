import { agentSha256 } from "../../../constructs/redis/release";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RULES } from "../../../cli/rules";
import { bytesOf, factsOf } from "../../../cli/rules/facts";
import { judge, type Judgement } from "../../../cli/rules/judge";
import { RULES_PAGE, rulesPage } from "../../../cli/rules/rules-page";
import { exampleConfig, ROOT } from "../../config/example";

/** An example that only the rules that always speak have anything against. */
const quiet = {
  description: "replicas of the orders",
  protect: true,
  masters: ["10.0.1.10", "10.0.1.11"],
  replicas: 4,
  redis: { maxMemory: "10gb" },
  strategy: { orientation: "equalZones" },
  rootVolume: { size: 40 },
  bootScript: { agent: { url: "https://example.com/agent.tar" } },
};

function judged(changes: Record<string, unknown>, surroundings = {}): Judgement {
  return judge(factsOf(exampleConfig({ ...quiet, ...changes }), { inPipeline: false, ...surroundings }));
}

const ALWAYS = ["no-auth", "all-on-spot", "image-never-reaches"];

function findings(changes: Record<string, unknown>, surroundings = {}): [string, string][] {
  return judged(changes, surroundings)
    .findings.filter(({ rule }) => !ALWAYS.includes(rule))
    .map(({ rule, message }) => [rule, message]);
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

/** What breaks a rule, and words of what is then said; where other rules speak too, they are named. */
const CASES: readonly [string, Record<string, unknown>, object, string, string[]?][] = [
  [
    "other-agent",
    { bootScript: { agent: { url: "https://example.com/agent.tar", sha256: "0".repeat(64) } } },
    {},
    `instances run another agent than that of this version, whose SHA-256 is ${agentSha256()}`,
  ],
  ["open-to-all", { network }, {}, "`network.masters` is every address there is"],
  ["unprotected", { protect: false }, {}, "set `protect: true`"],
  ["one-zone", { availabilityZones: { "us-west-2a": ["subnet-1"] } }, {}, "all replicas are in us-west-2a"],
  ["one-master", { masters: ["10.0.1.10"] }, {}, "name more `masters`"],
  [
    "one-replica",
    { replicas: 1 },
    {},
    "while the one replica is being replaced",
    ["fewer-replicas-than-masters", "fewer-replicas-than-zones"],
  ],
  [
    "one-replica",
    { replicas: undefined, shards },
    {},
    "the one replica of shard a",
    ["fewer-replicas-than-zones", "uneven-zones"],
  ],
  ["fewer-replicas-than-masters", { masters: ["a", "b", "c", "d", "e", "f"] }, {}, "4 for 6 masters"],
  [
    "fewer-replicas-than-zones",
    { replicas: undefined, shards },
    {},
    "1 replicas of shard a leave some of the 2 zones empty",
    ["one-replica", "uneven-zones"],
  ],
  ["uneven-zones", { replicas: 5 }, {}, "5 replicas do not divide by 2 zones"],
  [
    "unspread-orientation",
    { strategy: {} },
    {},
    "`availability` may put all replicas into one of the 2 zones, and each stays there",
  ],
  ["few-spot-types", spot("r5.large", "r6i.large"), {}, "with 2 spot types"],
  ["few-spot-types", spot("r5.large"), {}, "with 1 spot type capacity"],
  [
    "one-spot-family",
    spot("r6i.large", "r6i.xlarge", "r6i.2xlarge"),
    {},
    "all spot types are r6i",
    ["one-spot-generation", "on-demand-memory", "unequal-spot-memory"],
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
    "bursting-type",
    { instanceTypes: { onDemand: "t3.xlarge", spot: ["r5.large", "r6i.large", "r6a.large"] } },
    {},
    "t3.xlarge slows down once its CPU credits are used",
    ["slow-source-build"],
  ],
  [
    "unknown-type",
    { architecture: "x86_64", ...spot("r6i.large", "r5.large", "q9x.large") },
    {},
    "the memory of q9x.large is not known here",
  ],
  [
    "memory-below-data",
    {},
    { memory: bytesOf("20gb") },
    "r6i.large has 16 GiB, and `--memory` says 20 GiB",
    ["small-root-volume"],
  ],
  [
    "memory-tight",
    { redis: { maxMemory: "14gb" } },
    {},
    "of 16 GiB on r6i.large, 14 GiB of data (`redis.maxMemory`)",
  ],
  [
    "loose-requirements",
    {
      instanceTypes: {
        onDemand: "r6i.large",
        resourceRequirements: { minMemory: 8, maxMemory: 32, minVcpus: 2, maxVcpus: 4 },
      },
    },
    {},
    "a machine of 8 GiB is allowed",
    ["unnamed-architecture"],
  ],
  ["unnamed-architecture", requirements(16), {}, "the image is for x86_64, and Graviton's machines"],
  [
    "unnamed-architecture",
    { architecture: "arm64", ...requirements(16, "r7g.large") },
    {},
    "the image is for arm64, and Intel's and AMD's machines",
  ],
  [
    "unnamed-architecture",
    requirements(16, { variable: "type" }),
    {},
    "of x86_64 and arm64 the image boots on one only",
  ],
  [
    "on-demand-memory",
    requirements(64),
    {},
    "r6i.large has 16 GiB, and spot machines at least 64 GiB",
    ["unnamed-architecture"],
  ],
  [
    "on-demand-memory",
    { instanceTypes: { onDemand: "m6i.xlarge", spot: ["r6i.xlarge", "r5.xlarge", "r6a.xlarge"] } },
    {},
    "m6i.xlarge has 16 GiB, less than r6i.xlarge, r5.xlarge and r6a.xlarge",
  ],
  [
    "unequal-spot-memory",
    spot("r6i.xlarge", "r5.large", "r6a.xlarge"),
    {},
    "a replacement may get 16 GiB where the one before had 32 GiB",
  ],
  ["no-max-memory", { redis: {} }, {}, "set `redis.maxMemory`"],
  [
    "small-root-volume",
    { rootVolume: { size: 20 } },
    {},
    "has 20 GiB; the system and a full resync need 28 GiB",
  ],
  [
    "small-root-volume",
    { rootVolume: undefined },
    {},
    "as the image says, often 8 GiB",
    ["unencrypted-root-volume"],
  ],
  [
    "small-root-volume",
    { dataVolume: { size: 19 } },
    {},
    "the data volume has 19 GiB; a full resync needs 20 GiB",
  ],
  [
    "slow-root-volume",
    {
      dataVolume: { size: 200 },
      rootVolume: { size: 40, throughput: 750 },
      ...spot("r6i.4xlarge", "r5.4xlarge", "r6a.4xlarge"),
    },
    { memory: bytesOf("80gb") },
    "at 125 MiB/s a replica reads 80 GiB for 11 minutes",
  ],
  ["gp3-limits", { dataVolume: { size: 40, iops: 20000 } }, {}, "125 MiB/s take 3000 of the 20000 IOPS"],
  ["unencrypted-root-volume", { dataVolume: { size: 40, encrypted: false } }, {}, "the data volume is not"],
  [
    "root-volume-not-kept",
    { dataVolume: { size: 40 }, persistence: { dataVolume: false } },
    {},
    "every replacement is a new node",
  ],
  [
    "slow-root-volume",
    { rootVolume: { size: 200 }, ...spot("r6i.4xlarge", "r5.4xlarge", "r6a.4xlarge") },
    { memory: bytesOf("80gb") },
    "at 125 MiB/s a replica reads 80 GiB for 11 minutes",
  ],
  [
    "slow-root-volume",
    { redis: {}, rootVolume: { size: 250 }, ...spot("r6i.4xlarge", "r5.4xlarge", "r6a.4xlarge") },
    {},
    "a replica reads 96 GiB (a full machine's) for 13 minutes",
    ["no-max-memory"],
  ],
  [
    "gp3-limits",
    { rootVolume: { size: 40, iops: 8000, throughput: 1000 } },
    {},
    "1000 MiB/s take 4000 of the 8000 IOPS",
  ],
  ["gp3-limits", { rootVolume: { size: 40, iops: 20000 } }, {}, "125 MiB/s take 3000 of the 20000 IOPS"],
  ["gp3-limits", { rootVolume: { size: 16385 } }, {}, "at most 16000 IOPS and 16384 GiB until 2025"],
  ["unencrypted-root-volume", { rootVolume: { size: 40, encrypted: false } }, {}, "nor are its snapshots"],
  ["root-volume-not-kept", { persistence: { rootVolume: false } }, {}, "every replacement is a new node"],
  ["address-not-kept", { persistence: { privateIp: false } }, {}, "learn a new address"],
  [
    "no-fallback",
    { strategy: { orientation: "equalZones", fallbackToOnDemand: false } },
    {},
    "a replica is missing",
  ],
  [
    "always-back-to-spot",
    { strategy: { orientation: "equalZones", revertToSpot: "always" } },
    {},
    "each return to spot is a replacement",
  ],
  [
    "slow-source-build",
    spot("r6g.medium", "r7g.medium", "r8g.medium"),
    {},
    "the build of a first boot takes many minutes",
    ["memory-below-data"],
  ],
  ["no-auto-healing", { autoHealing: false }, {}, "until somebody recycles it"],
  [
    "left-behind",
    { deallocation: { volumes: false, images: true } },
    {},
    "the volumes stay and are paid for",
  ],
  ["wakes-paused", { resumePaused: true }, {}, "paused on purpose"],
  ["local-state", {}, { inPipeline: true }, "the next run makes a second group"],
  ["no-description", { description: undefined }, {}, "set `description`"],
];

test("a config that keeps every rule hears only what every config hears", () => {
  expect(findings({})).toEqual([]);
  expect(judged({}).findings.map(({ rule }) => rule)).toEqual(ALWAYS);
});

test.each(CASES)("%s: %j with %j", (rule, changes, surroundings, words, others = []) => {
  const found = findings(changes, surroundings);
  const own = found.filter(([name]) => name === rule).map(([, message]) => message);
  expect(own.join("\n")).toContain(words);
  expect(new Set(found.map(([name]) => name))).toEqual(new Set([rule, ...others]));
});

test("every rule has a case", () => {
  const tried = new Set([...CASES.map(([rule]) => rule), ...ALWAYS]);
  expect([...RULES.keys()].filter((id) => !tried.has(id))).toEqual([]);
});

test.each([
  [{}, "until on-demand instances have taken over, minutes later"],
  [{ strategy: { fallbackToOnDemand: false } }, "until there is spot capacity again"],
])("that all replicas are on spot is always said: with %j, %s", (changes, words) => {
  const [found] = judged(changes).findings.filter(({ rule }) => rule === "all-on-spot");
  expect(found).toMatchObject({ severity: "warning", message: expect.stringContaining(words) as string });
});

test.each([
  ["gp3-limits", { rootVolume: { size: 40, iops: 4000, throughput: 1000 } }, "fine"],
  ["gp3-limits", { rootVolume: { size: 40, type: "gp2" } }, "not applicable"],
  ["small-root-volume", { rootVolume: undefined, dataVolume: { size: 20 } }, "fine"],
  ["unencrypted-root-volume", { rootVolume: undefined, dataVolume: { size: 20 } }, "fine"],
  ["root-volume-not-kept", { dataVolume: { size: 40 }, persistence: { rootVolume: false } }, "fine"],
  ["on-demand-memory", requirements(16), "fine"],
  ["unnamed-architecture", {}, "not applicable"],
  ["other-agent", { bootScript: undefined }, "not applicable"],
  ["other-agent", { bootScript: { agent: { url: "https://example.com/agent.tar" } } }, "fine"],
  [
    "other-agent",
    { bootScript: { agent: { url: "https://example.com/agent.tar", sha256: agentSha256() } } },
    "fine",
  ],
  [
    "other-agent",
    { bootScript: { agent: { url: { variable: "url" }, sha256: { variable: "sum" } } } },
    "fine",
  ],
])("%s of %j: %s", (rule, changes, outcome) => {
  expect(new Map(judged(changes).outcomes).get(rule)).toBe(outcome);
});

test("a replica without a kept root gets every image", () => {
  expect(judged({ persistence: { rootVolume: false } }).findings.map(({ rule }) => rule)).not.toContain(
    "image-never-reaches",
  );
});

test.each([
  [{ availabilityZones: { variable: "zones" } }, "one-zone"],
  [{ masters: { variable: "masters" } }, "one-master"],
  [{ replicas: { variable: "n" } }, "one-replica"],
  [{ instanceTypes: { onDemand: { variable: "a" }, spot: { variable: "b" } } }, "few-spot-types"],
  [
    { instanceTypes: { onDemand: { variable: "a" }, spot: ["r5.large", "r6i.large", { variable: "b" }] } },
    "on-demand-memory",
  ],
  [{ rootVolume: { size: { variable: "size" } } }, "small-root-volume"],
])("what only Terraform knows (%j) is not judged, and %s says so", (changes, rule) => {
  expect(findings(changes)).toEqual([]);
  expect(new Map(judged(changes).outcomes).get(rule)).toBe("not applicable");
});

test("a rule that is ignored is silent, and keeps its reason", () => {
  const reason = "the cluster is in one zone too";
  const changes = {
    availabilityZones: { "us-west-2a": ["subnet-1"] },
    review: { ignore: [{ rule: "one-zone", reason }] },
  };
  expect(findings(changes)).toEqual([]);
  expect(judged(changes).ignored).toMatchObject([{ rule: "one-zone", severity: "warning", reason }]);
  expect(new Map(judged(changes).outcomes).get("one-zone")).toBe("ignored");
});

test("every message says what to do, in one line", () => {
  for (const [rule, changes, surroundings] of CASES) {
    for (const { message } of judged(changes, surroundings).findings) {
      expect([rule, message]).toEqual([rule, expect.stringMatching(/^[^\n]+; [^\n]*[^.\n]$/)]);
    }
  }
});

test("a rule is called as its file", () => {
  const helpers = ["emit-page", "facts", "index", "judge", "rule", "rules-page"];
  const files = readdirSync(join(ROOT, "cli/rules")).map((name) => name.replace(/\.ts$/, ""));
  expect(files.filter((name) => !helpers.includes(name)).sort()).toEqual([...RULES.keys()].sort());
});

test("the checked-in page is what `npm run rules-page` writes", () => {
  const words = (text: string): string => text.replace(/-{3,}/g, "---").replace(/\s+/g, " ");
  expect(words(readFileSync(join(ROOT, RULES_PAGE), "utf8"))).toBe(words(rulesPage()));
});

test.each([
  ["1", 1],
  ["100b", 100],
  ["1k", 1000],
  ["1kb", 1024],
  ["2M", 2e6],
  ["12gb", 12 * 2 ** 30],
])("%s is %i bytes, as Redis counts", (size, bytes) => {
  expect(bytesOf(size)).toBe(bytes);
});
