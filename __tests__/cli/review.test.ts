import { readdirSync } from "node:fs";
import { join } from "node:path";
import { exampleText } from "../config/example";
import { file, ROOT, temporaryFolder } from "../support/folder";
import { json, run, runOn, type Terminal } from "./run";

const folder = temporaryFolder();
const { CI } = process.env;

beforeEach(() => {
  delete process.env["CI"];
});

afterAll(() => {
  if (CI !== undefined) process.env["CI"] = CI;
});

async function review(changes: Record<string, unknown> = {}) {
  return run("review", "-c", file(folder, "c.yaml", exampleText(changes)));
}

async function reviewOn(terminal: Terminal, changes: Record<string, unknown> = {}) {
  return runOn(terminal, "review", "-c", file(folder, "c.yaml", exampleText(changes)));
}

const certificate = { file: "/etc/ssl/redis.pem" };

test("the summary has the place, the types and the number of replicas", async () => {
  const { exit, stdout } = await review();
  expect(exit).toBe(0);
  for (const fact of [
    /Region +us-west-2\n/,
    /Image +ami-0123456789abcdef0\n/,
    /Zones +us-west-2a: subnet-0a1b2c3d4e5f60001\n +us-west-2b: subnet-0a1b2c3d4e5f60002\n/,
    /Types +spot r6i\.large, r6a\.large, r5\.large, r5a\.large\n +on-demand r6i\.large\n/,
    /Group +3 replicas on spot instances/,
    /Masters +10\.0\.1\.10, port 6379, cluster bus 16379\n/,
    /Redis +7\.2\.15, built from source/,
    /Kept +root volume and private IP\n/,
    /Root volume +44 GiB, gp3, encrypted \(default size, applied when the group is created\)\n/,
    /User data +[\d,]+ of 16,384 bytes after gzip\n/,
  ]) {
    expect(stdout).toMatch(fact);
  }
});

test.each([
  [{}, "A replica on an on-demand instance stays there until you recycle it."],
  [
    { strategy: { revertToSpot: "always" } },
    "is replaced by a spot instance as soon as there is spot capacity",
  ],
  [{ strategy: { revertToSpot: ["Sun:03:00-Sun:05:00"] } }, "within Sun:03:00-Sun:05:00 (UTC)"],
  [{ strategy: { fallbackToOnDemand: false } }, "the replica is missing until capacity returns"],
  [
    { strategy: { onDemandCount: 1 } },
    "A replica beyond the on-demand share that is on an on-demand instance stays there until you recycle it.",
  ],
  [
    { strategy: { spotPercentage: 50, fallbackToOnDemand: false } },
    "Only the on-demand share is started on-demand.",
  ],
  [
    { instanceTypes: { onDemand: ["r6i.large", { variable: "t" }], spot: ["r5.large"] } },
    "an on-demand r6i.large or type in var.t replaces it.",
  ],
  [{ persistence: { rootVolume: false } }, "joins as a new node and fetches all data"],
  [
    { rootVolume: undefined, dataVolume: { size: 50 } },
    "starts another with the same root volume, data volume and private IP.",
  ],
  [
    { rootVolume: undefined, dataVolume: { size: 50 }, persistence: { rootVolume: false } },
    "The replica keeps its node ID and data",
  ],
  [
    { rootVolume: undefined, dataVolume: { size: 50 }, persistence: { dataVolume: false } },
    "joins as a new node and fetches all data",
  ],
  [
    { rootVolume: undefined, dataVolume: { size: 50, mode: "snapshot" } },
    "with the same root volume and private IP and a data volume made from the latest snapshot.",
  ],
  [{ persistence: { privateIp: false } }, "The replacement has another address, and announces it"],
])("with %j the steps of an interruption include: %s", async (changes, sentence) => {
  expect((await review(changes)).stdout).toContain(sentence);
});

test.each([
  [{ redis: { install: "image" } }, "as installed in the image"],
  [{ redis: { install: "package", package: "redis6" } }, "package of the distribution redis6"],
  [{ redis: { port: 7000 } }, "port 7000, cluster bus 17000"],
  [{ replicas: 1 }, "1 replica on spot"],
  [{ replicas: { variable: "n" } }, "${var.n} replicas"],
  [{ masters: [{ variable: "m" }] }, "checked by the plan"],
  [
    { rootVolume: undefined, dataVolume: { size: 50 } },
    "Kept             data volume, root volume, private IP\n",
  ],
  [
    { rootVolume: undefined, dataVolume: { size: 50 }, persistence: { rootVolume: false, privateIp: false } },
    "Kept             data volume, not the root volume, not the private IP\n",
  ],
  [
    { rootVolume: undefined, dataVolume: { size: 50 } },
    "50 GiB, gp3, encrypted, holds Redis's data, re-attached after each boot\n",
  ],
  [
    { rootVolume: undefined, dataVolume: { size: 50, mode: "snapshot", snapshotId: { variable: "s" } } },
    "created from its latest snapshot at each launch; the first one from ${var.s}\n",
  ],
  [
    { auth: { password: { parameter: "/redis/password" } } },
    "AUTH             user default, password from /redis/password, read every 15 minutes\n",
  ],
  [
    {
      auth: {
        username: { variable: "user" },
        password: { parameter: "/redis/password" },
        aclFile: { file: "/etc/redis/users.acl" },
        refreshMinutes: 5,
      },
    },
    "AUTH             user ${var.user}, password from /redis/password, ACL file from /etc/redis/users.acl, read every 5 minutes\n",
  ],
  [
    { tls: { ca: certificate, certificate, key: certificate } },
    "TLS              certificate from /etc/ssl/redis.pem, client certificates required\n",
  ],
  [
    { tls: { ca: certificate, certificate, key: certificate, clientAuth: "none" } },
    "client certificates not requested\n",
  ],
  [{ rootVolume: { size: 50 } }, "Root volume      50 GiB, gp3, encrypted\n"],
  [{ ignoreChanges: ["image_id"] }, "Ignored changes  image_id\n"],
  [{ overrides: { cpu_credits: "unlimited" } }, "Overrides        cpu_credits\n"],
  [
    { strategy: { onDemandCount: 1 } },
    "3 replicas, 1 of them on-demand and the others on spot instances, picked by availability\n",
  ],
  [{ strategy: { spotPercentage: { variable: "p" } } }, "3 replicas, ${var.p} % of them on spot instances,"],
  [
    {
      replicas: undefined,
      shards: [{ name: "a", master: "10.0.1.10", replicas: 2 }],
      strategy: { onDemandCount: 1 },
    },
    "one group for each shard (a: 2), 1 of them on-demand in each group and the others on spot instances",
  ],
  [
    { instanceTypes: { onDemand: ["r6i.large", { variable: "t" }], spot: ["r5.large"] } },
    "on-demand r6i.large, ${var.t}\n",
  ],
  [{ rootVolume: undefined, dataVolume: { size: 50 } }, "Root volume      as in the image\n"],
])("with %j the summary has: %s", async (changes, words) => {
  expect((await review(changes)).stdout).toContain(words);
});

test("findings are no failure, and come on stdout after the summary", async () => {
  const { exit, stdout, stderr } = await review();
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
  expect(stdout.indexOf("Findings: 5 warnings, 2 notes\n")).toBeGreaterThan(stdout.indexOf("User data"));
});

test("a finding has its severity, rule, file and line, its cause and its remedy", async () => {
  const { stdout } = await review();
  expect(stdout).toMatch(
    /\n {2}warning one-master {2}\S*c\.yaml:3\n {4}A new instance cannot join [^\n]*\n {4}→ List more `masters`\.\n/,
  );
});

test("a finding has the line of the first of its keys that the file has, or of their parent", async () => {
  const { stdout } = await review();
  expect(stdout).toMatch(/zone-spread-not-enforced {2}\S*c\.yaml:16\n/);
  expect(stdout).toMatch(/no-destroy-protection {2}\S*c\.yaml:1\n/);
});

test("in a pipeline a local state is a finding, too", async () => {
  process.env["CI"] = "true";
  expect((await review()).stdout).toContain("  warning local-state ");
});

test("warnings come before notes", async () => {
  const { stdout } = await review();
  const severities = [...stdout.matchAll(/^ {2}(warning|note) /gm)].map(([, severity]) => severity);
  expect(severities).toEqual([...Array(5).fill("warning"), ...Array(2).fill("note")]);
});

test("the count has ignored findings", async () => {
  const ignore = [{ rule: "one-master", reason: "a DNS name follows the masters" }];
  expect((await review({ review: { ignore } })).stdout).toContain(
    "Findings: 4 warnings, 2 notes, 1 ignored\n",
  );
});

test.each([
  ["80 columns where the width is unknown", {}, 80],
  ["the width of the terminal", { columns: 60 }, 60],
])("lines are wrapped at %s", async (_, terminal, width) => {
  const { stdout } = await reviewOn(terminal);
  const lines = stdout.split("\n").filter((line) => !line.includes("c.yaml"));
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
  expect(Math.max(...lines.map((line) => line.length))).toBeGreaterThan(width - 10);
});

describe("colors", () => {
  const before = process.env["NO_COLOR"];
  const escape = "\u001b[";

  beforeEach(() => delete process.env["NO_COLOR"]);
  afterAll(() => {
    if (before === undefined) delete process.env["NO_COLOR"];
    else process.env["NO_COLOR"] = before;
  });

  test("are used on a terminal", async () => {
    const { stdout } = await reviewOn({ isTTY: true });
    expect(stdout).toContain(`${escape}33mwarning${escape}39m`);
    expect(stdout).toContain(`${escape}1mone-master${escape}22m`);
  });

  test("are not used on a pipe", async () => {
    expect((await reviewOn({})).stdout).not.toContain(escape);
  });

  test("are not used with NO_COLOR", async () => {
    process.env["NO_COLOR"] = "1";
    expect((await reviewOn({ isTTY: true })).stdout).not.toContain(escape);
  });

  test("are not used with --no-color", async () => {
    const path = file(folder, "c.yaml", exampleText());
    expect((await runOn({ isTTY: true }, "review", "--no-color", "-c", path)).stdout).not.toContain(escape);
  });
});

test("--json has the config, the interruption and the findings by their rules", async () => {
  const ended = await run("review", "--json", "-c", file(folder, "c.yaml", exampleText()));
  expect(ended.stderr).toBe("");
  const finding = { rule: "one-master", severity: "warning", message: expect.any(String) as string };
  expect(json(ended)).toMatchObject({
    format_version: "1.0",
    clusters: [
      {
        config: { name: "redis-replicas", replicas: 3 },
        user_data: { limit_bytes: 16384 },
        findings: expect.arrayContaining([finding]) as unknown,
        rules: { "one-master": "finding", "one-zone": "passed", "low-memory-headroom": "not_applicable" },
        ignored: [],
      },
    ],
    diagnostics: expect.arrayContaining([
      expect.objectContaining({ severity: "warning", rule: "one-master" }),
      expect.objectContaining({ severity: "note", rule: "no-max-memory" }),
    ]) as unknown,
  });
});

test("--json leaves out the settings of a backend, which can hold credentials", async () => {
  const backend = { s3: { bucket: "states", secret_key: "hush" } };
  const ended = await run("review", "--json", "-c", file(folder, "c.yaml", exampleText({ backend })));
  expect(json(ended)).toMatchObject({ clusters: [{ config: { backend: "s3" } }] });
  expect(ended.stdout + ended.stderr).not.toContain("hush");
});

test("the missing password is reported with the port in use", async () => {
  expect((await review({ redis: { port: 7000 } })).stdout).toContain("any client that can reach port 7000");
});

test("an ignored rule has no finding", async () => {
  const ignore = [{ rule: "one-master", reason: "a DNS name follows the masters" }];
  expect((await review({ review: { ignore } })).stdout).not.toContain("one-master");
});

test.each([
  [
    { rule: "one-mastr", reason: "a reason" },
    '`review.ignore[0].rule` must be the id of a rule, got: "one-mastr". Did you mean `one-master`?',
  ],
  [{ rule: "entirely-else", reason: "a reason" }, "`review --json` lists them."],
  [{ rule: "one-master" }, "`review.ignore[0].reason` must be given"],
])("an ignored rule (%j) must exist and have a reason", async (each, message) => {
  const { exit, stderr } = await review({ review: { ignore: [each] } });
  expect(exit).toBe(1);
  expect(stderr).toContain(message);
});

test("--memory is the size of the data for the rules", async () => {
  const path = file(folder, "c.yaml", exampleText());
  expect((await run("review", "-c", path, "--memory", "20gb")).stdout).toContain("memory-below-data");
  for (const [size, advice] of [
    ["lots", ""],
    ["0", ""],
    ["12", ". Did you mean `12gb`?"],
  ]) {
    const { exit, stderr } = await run("review", "-c", path, "--memory", size!);
    expect(exit).toBe(1);
    expect(stderr).toBe(
      `redis-elastigroup: \`--memory\` must be a size of at least 1mb, such as 512mb or 12gb, got: "${size}"${advice}\n`,
    );
  }
});

test.each([
  [["--plan", "plan.json"], "redis-elastigroup plan plan.json"],
  [["--plan"], "redis-elastigroup plan FILE"],
  [["--plan", "-", "--allow-destroy"], "redis-elastigroup plan - --allow-destroy"],
])("the former option in `review %j` is refused with the command to run", async (argv, command) => {
  expect(await run("review", ...argv)).toEqual({
    exit: 1,
    stdout: "",
    stderr: `redis-elastigroup: \`review --plan\` is now the command \`plan\`; run \`${command}\`\n`,
  });
});

test("the former option is not in the help", async () => {
  expect((await run("review", "--help")).stdout).not.toContain("--plan");
});

const examples = [
  "redis-replicas.yaml",
  ...readdirSync(join(ROOT, "examples"))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => `examples/${name}`),
];

test.each(examples)("every finding of %s can be acted on", async (name) => {
  const { stdout } = await run("review", "-c", join(ROOT, name));
  const remedies = [...stdout.matchAll(/^ +→ (.+)$/gm)].map(([, remedy]) => remedy);
  // Findings without a remedy would not be seen otherwise. An example may have none.
  expect(remedies).toHaveLength((stdout.match(/^ {2}(warning|note) [a-z]/gm) ?? []).length);
  // The key to set; `review.ignore` where the remedy is elsewhere.
  for (const remedy of remedies) expect(remedy).toMatch(/`[a-zA-Z.]+(: [^`]+)?`/);
  for (const rule of ["small-volume", "unencrypted-volume", "assumed-root-device"])
    expect(stdout).not.toContain(rule);
});
