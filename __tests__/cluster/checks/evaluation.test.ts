import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { known, unanswered } from "../../../cluster/answer";
import { evaluate } from "../../../cluster/checks/evaluation";
import { zoneOf } from "../../../cluster/checks/zones";
import { CHECKS } from "../../../cluster/checks";
import { CHECKS_PAGE, checksPage } from "../../../cluster/checks/page";
import { type GroupFleet } from "../../../cluster/fleet";
import { schemaAt } from "../../../config/schema-walk";
import { ROOT } from "../../support/folder";
import { words } from "../../support/words";
import { factsOf, found, GIB } from "./samples";

const DAY = 86_400_000;
const now = new Date("2026-01-01T00:00:00Z");
const in_ = (days: number) => ({ subject: "redis", expires: new Date(now.getTime() + days * DAY) });
const group = (changes: object = {}): GroupFleet => ({
  group: {
    ...{ id: "sig-1", name: "redis-replicas", capacity: { minimum: 3, maximum: 3, target: 3 } },
    compute: { instanceTypes: { spot: ["r5.large", "r6i.large"] } },
    ...changes,
  },
  stateful: [],
  deallocated: [],
  instances: [],
});
const spotZone = (privateIp: string, availabilityZone: string) => ({
  ...{ instanceId: "i-1", privateIp, availabilityZone },
});
const zones = (...names: string[]) =>
  names.map((zone, index) => ({ endpoint: { host: `10.0.1.${index + 1}`, port: 6379 }, zone }));
const all = <T>(value: T): [T, T, T] => [value, value, value];
const module_ = (name: string, path?: string) => ({ facts: { modules: known([{ name, path }]) } });
const NAME = { host: "redis-1.internal", port: 6379 };
const groupOnly = known(new Set(["10.0.2.1", "10.0.2.2", "10.0.2.3"]));

/** Facts with a finding of a rule, and words of the finding. */
const CASES: readonly [rule: string, facts: Parameters<typeof factsOf>[0], words: string][] = [
  [
    "unreachable-bus-port",
    { masters: [{ facts: { bus: unanswered("timeout", "10.0.1.1:16379: no connection within 3000 ms") } }] },
    "warning: The bus port of 10.0.1.1:6379 is not reachable: 10.0.1.1:16379: no connection within 3000 ms. Allow TCP port 16379",
  ],
  ["few-masters", { masters: [{}, {}] }, "2 masters own slots"],
  ["uncovered-slots", { masters: [{}, {}] }, "5461 of 16384 slots have no owner"],
  [
    "newer-master",
    {
      masters: [{ info: { redis_version: "7.4.1" } }],
      expected: { release: { engine: "redis", version: "7.2.15" } },
    },
    "Redis 7.4.1 runs at 10.0.1.1:6379, and the config has Redis 7.2.15. Set `redis.engine: redis` and `redis.version: 7.4.1`.",
  ],
  [
    "newer-master",
    {
      masters: [{ info: { redis_version: "7.2.4", valkey_version: "9.0.0" } }],
      expected: { release: { engine: "redis", version: "8.0.2" } },
    },
    "Valkey 9.0.0 runs at",
  ],
  [
    "older-master",
    { masters: [{}], expected: { release: { engine: "redis", version: "7.2.15" } } },
    "Set `redis.version` to a release of 7.0",
  ],
  [
    "mixed-versions",
    { masters: [{}, { info: { redis_version: "7.2.5" } }, {}] },
    "Redis 7.0.15 (10.0.1.1:6379, 10.0.1.3:6379); Redis 7.2.5 (10.0.1.2:6379)",
  ],
  ["missing-module", { masters: [module_("bf", "/usr/lib/redisbloom.so")] }, "bf (/usr/lib/redisbloom.so)"],
  ["missing-module", { masters: [module_("bf")] }, "at 10.0.1.1:6379: bf."],
  [
    "missing-module",
    { masters: [module_("bf", "/usr/lib/redisbloom.so")], expected: { modules: ["/opt/rejson.so"] } },
    "add their paths to `redis.modules`",
  ],
  [
    "missing-masterauth",
    { masters: [{ directives: { masteruser: "other" } }], expected: { username: "replica" } },
    "`masterauth` is not set and `masteruser` is other at 10.0.1.1:6379. In `redis-cli` at each of them, so that the password is in no command line: `CONFIG SET masteruser replica`",
  ],
  [
    "unequal-users",
    { masters: [{}, { facts: { users: known({ default: "b" }) } }, {}] },
    "The user default has different rules or passwords: 10.0.1.1:6379 and 10.0.1.3:6379 against 10.0.1.2:6379",
  ],
  [
    "unequal-users",
    { masters: [{}, { facts: { users: known({ default: "a", app: "c" }) } }, {}] },
    "The user app is missing at 10.0.1.1:6379 and 10.0.1.3:6379.",
  ],
  [
    "missing-right",
    {
      masters: [{ facts: { missingRights: known(["+psync", "~{redis-replica}:placement"]) } }],
      expected: { username: "replica", cli: ["--user", "admin"] },
    },
    "redis-cli -h 10.0.1.1 --user admin ACL SETUSER replica +psync '~{redis-replica}:placement'",
  ],
  [
    "tls-mismatch",
    { masters: [{ directives: { "tls-replication": "yes" } }] },
    "`tls-replication` is yes at 10.0.1.1:6379, and the config does not set `tls`.",
  ],
  [
    "tls-mismatch",
    {
      masters: [
        {
          directives: { "tls-replication": "yes", "tls-cluster": "yes", "tls-auth-clients": "no" },
          facts: { certificate: known(in_(100)) },
        },
      ],
      expected: { tlsAuthClients: "yes" },
    },
    "warning: `tls-auth-clients` is no at 10.0.1.1:6379",
  ],
  [
    "expiring-certificate",
    { masters: [{ facts: { certificate: known(in_(13)) } }], expected: { tlsAuthClients: "yes" } },
    'warning: The certificate "redis" of 10.0.1.1:6379 expires in 13 days, at 2026-01-14 00:00 UTC.',
  ],
  [
    "expiring-certificate",
    { masters: [{ facts: { certificate: known(in_(-1)) } }], expected: { tlsAuthClients: "yes" } },
    'error: The certificate "redis" of 10.0.1.1:6379 has expired at 2025-12-31 00:00 UTC.',
  ],
  [
    "short-backlog",
    {
      masters: [
        { directives: { "repl-backlog-size": "1048576" }, facts: { writeRate: known(2 ** 20 / 60) } },
      ],
    },
    "has 1 MiB, which covers an outage of 1 minutes at 17.1 KiB of writes a second. Raise it at the masters, and `redis.backlogSize` in the config:\nredis-cli -h 10.0.1.1 CONFIG SET repl-backlog-size 10mb\nredis-cli -h 10.0.1.1 CONFIG REWRITE",
  ],
  [
    "small-output-buffer",
    {
      masters: [
        {
          info: { used_memory: String(10 * GIB) },
          directives: { "repl-backlog-size": String(64 * 2 ** 20) },
          facts: { writeRate: known(2 ** 20) },
        },
      ],
    },
    "takes about 512 seconds, in which 512 MiB are written. The limit is 256 MiB, or 64 MiB for 60 seconds. Raise it:\nredis-cli -h 10.0.1.1 CONFIG SET client-output-buffer-limit 'replica 1073741824 536870912 1024'",
  ],
  [
    "no-second-copy",
    { groupAddresses: groupOnly },
    "The shard of 10.0.1.1:6379 has only replicas of the groups",
  ],
  [
    "spot-replicas-counted",
    { masters: all({ directives: { "min-replicas-to-write": "1" } }), groupAddresses: groupOnly },
    "`min-replicas-to-write` is 1 at 10.0.1.1:6379, which has 0 replicas outside the groups.",
  ],
  [
    "insufficient-memory",
    { masters: [{ info: { used_memory: String(13 * GIB) } }] },
    "warning: r6i.large has 16 GiB, and the data of 10.0.1.1:6379 takes 13 GiB. Use types with at least 17.3 GiB",
  ],
  ["insufficient-memory", { masters: [{ info: { used_memory: String(17 * GIB) } }] }, "error: r6i.large"],
  [
    "unbounded-memory",
    { masters: [{ directives: { maxmemory: String(14 * GIB) } }] },
    "warning: `maxmemory` is 14 GiB at 10.0.1.1:6379, and r6i.large has 16 GiB.",
  ],
  ["unbounded-memory", { masters: [{ directives: { maxmemory: "0" } }] }, "note: `maxmemory` is not set"],
  [
    "maxmemory-mismatch",
    { masters: [{ directives: { "maxmemory-policy": "allkeys-lru" } }] },
    "1 GiB with allkeys-lru at 10.0.1.1:6379, and 1 GiB with noeviction in the config. Set `redis: { maxMemory: 1073741824b",
  ],
  [
    "shard-in-one-zone",
    {
      spot: known([
        {
          ...group(),
          deallocated: [],
          instances: [spotZone("10.0.2.1", "us-west-2a"), spotZone("10.0.2.2", "us-west-2a")],
        },
      ]),
      expected: { masterZones: zones("us-west-2a", "us-west-2b", "us-west-2b") },
    },
    "The shard of 10.0.1.1:6379 is in us-west-2a alone.",
  ],
  [
    "masters-in-one-zone",
    { expected: { masterZones: zones(...all("us-west-2a")) } },
    "All 3 masters are in us-west-2a.",
  ],
  [
    "zone-mismatch",
    {
      masters: [{ info: { availability_zone: "us-west-2b" } }],
      expected: { masterZones: zones("us-west-2a") },
    },
    "10.0.1.1:6379 shows the zone us-west-2b, and `masters` has us-west-2a.",
  ],
  [
    "rejected-credentials",
    { spot: unanswered("auth", "Spot API: GET /aws/ec2/group: 401") },
    "error: The request was rejected: Spot API: GET /aws/ec2/group: 401.",
  ],
  ["missing-group", {}, "note: Spot has no group with the name redis-replicas."],
  [
    "duplicate-group",
    { spot: known([group(), group({ id: "sig-2" })]) },
    "Spot has 2 groups with the name redis-replicas: sig-1, sig-2.",
  ],
  [
    "group-drift",
    { spot: known([group({ capacity: { minimum: 0, maximum: 4, target: 2 } })]) },
    "The group redis-replicas (sig-1) differs: `replicas` is 3 in the config, and 2 in Spot.",
  ],
  [
    "group-drift",
    { spot: known([group({ compute: undefined })]) },
    "`instanceTypes.spot` is r5.large, r6i.large in the config, and none in Spot.",
  ],
];

test.each(CASES)("%s is found (%#)", (rule, facts, text) => {
  expect(found(rule, factsOf(facts)).join("\n")).toContain(text);
});

test("a cluster that keeps all rules has no finding, and all that applies is passed", () => {
  const { findings, notChecked, results } = evaluate(
    factsOf({
      spot: known([group()]),
      expected: {
        release: { engine: "redis", version: "7.0.15" },
        masterZones: [
          ...zones("us-west-2a", "us-west-2b", "us-west-2c"),
          ...[1, 2, 3].map((each) => ({
            endpoint: { host: `10.0.2.${each}`, port: 6379 },
            zone: "us-west-2d",
          })),
        ],
      },
    }),
  );
  expect(findings).toEqual([]);
  expect(notChecked).toEqual([]);
  expect(results.filter(([, result]) => result !== "passed").map(([rule]) => rule)).toEqual([
    "missing-masterauth",
    "expiring-certificate",
    "zone-mismatch",
  ]);
});

test.each([
  ["of Redis 8.0", { name: "vectorset", path: "" }],
  ["of Valkey 9.1", { name: "lua", path: "lua" }],
  ["without the right to MODULE LIST", { name: "lua", path: undefined }],
])("a module that is part of the server is not missing: %s", (_, module) => {
  const facts = (modules: readonly string[]) =>
    factsOf({ masters: [{ facts: { modules: known([module]) } }], expected: { modules } });
  for (const modules of [[], ["/usr/lib/redisbloom.so"]])
    expect(evaluate(facts(modules)).results).toContainEqual(["missing-module", "passed"]);
});

test("a master that `masters` has by its DNS name is in the zone of that name", () => {
  const facts = factsOf({ expected: { masterZones: [{ endpoint: NAME, zone: "us-west-2a" }] } });
  const masters = facts.masters.map((node, index) =>
    index > 0 ? node : { ...node, member: { ...node.member, aliases: [NAME] } },
  );
  expect(zoneOf({ ...facts, nodes: masters }, masters[0]!.endpoint)).toBe("us-west-2a");
});

test("a fact that is unknown is never a finding, and its rules are not passed", () => {
  const none = unanswered("permission", "10.0.1.1:6379: NOPERM");
  const { masters: samples } = factsOf({ masters: [{}] });
  const [node] = samples;
  const directives = Object.fromEntries(Object.keys(node!.directives).map((name) => [name, none]));
  const facts = factsOf({
    masters: all({
      facts: {
        directives: directives as unknown as NonNullable<typeof node>["directives"],
        ...{ modules: none, users: none, missingRights: none, certificate: none, writeRate: none },
      },
    }),
    groupAddresses: none,
    spot: unanswered("timeout", "Spot API: no answer"),
    expected: {
      ...{ username: "replica", tlsAuthClients: "yes", release: { engine: "redis", version: "7.0.15" } },
      masterZones: zones("us-west-2a", "us-west-2b", "us-west-2c"),
    },
  });
  const { findings, notChecked, results } = evaluate(facts);
  expect(findings).toEqual([]);
  expect(notChecked.map(({ reason, severity }) => [reason, severity])).toEqual([
    ["10.0.1.1:6379: NOPERM", "warning"],
    ["Spot API: no answer", "warning"],
    [expect.stringMatching(/^the zones of /), "note"],
  ]);
  expect(results.filter(([, result]) => result === "passed").map(([rule]) => rule)).toEqual([
    ...["unreachable-node", "unreachable-bus-port", "broken-bus-link", "unequal-views", "ghost-node"],
    ...["cluster-disabled", "cluster-down", "uncovered-slots", "few-masters", "newer-master", "older-master"],
    ...["mixed-versions", "insufficient-memory", "failed-save", "masters-in-one-zone"],
  ]);
});

test("without credentials of Spot, the rules about groups are notes", () => {
  const { notChecked } = evaluate(factsOf({ spot: undefined }));
  expect(notChecked).toContainEqual({
    reason: "no credentials of Spot; set SPOTINST_TOKEN and SPOTINST_ACCOUNT",
    severity: "note",
    rules: ["rejected-credentials", "missing-group", "duplicate-group", "group-drift"],
  });
});

test("values of the group that only Terraform knows are a note", () => {
  const properties = [{ key: "imageId", attribute: "image_id" as const, values: undefined }];
  const facts = factsOf({
    ...{ spot: known([group()]), expected: { groups: [{ name: "redis-replicas", properties }] } },
  });
  expect(evaluate(facts).notChecked).toContainEqual({
    ...{ reason: "only Terraform has the values of `imageId`", severity: "note", rules: ["group-drift"] },
  });
});

test("without writes it is not known what a backlog covers", () => {
  const { notChecked } = evaluate(factsOf({ masters: [{ facts: { writeRate: known(0) } }] }));
  expect(notChecked).toContainEqual({
    reason: "nothing was written to 10.0.1.1:6379 meanwhile; run `check` at a busy time",
    severity: "note",
    rules: ["short-backlog", "small-output-buffer"],
  });
});

test("each rule has a file of its name, and each of its keys is a key of the config", () => {
  const files = readdirSync(join(ROOT, "cluster/checks")).map((name) => name.replace(/\.ts$/, ""));
  expect([...CHECKS.keys()].filter((id) => !files.includes(id))).toEqual([]);
  const keys = [...CHECKS.values()].flatMap(({ keys: paths }) => paths);
  expect(keys.filter((key) => schemaAt(key.split(".")) === undefined)).toEqual([]);
});

test(`${CHECKS_PAGE} is what \`npm run checks-page\` writes`, () => {
  expect(words(readFileSync(join(ROOT, CHECKS_PAGE), "utf8"))).toEqual(words(checksPage()));
});
