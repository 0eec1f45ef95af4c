import { exampleText, file, temporaryFolder } from "../config/example";
import { json, run } from "./run";

const folder = temporaryFolder();

async function review(changes: Record<string, unknown> = {}) {
  return run("review", "-c", file(folder, "c.yaml", exampleText(changes)));
}

test("it says where, what and how many", async () => {
  const { exit, stdout } = await review();
  expect(exit).toBe(0);
  for (const fact of [
    /Region +us-west-2\n/,
    /Machine image +ami-0123456789abcdef0\n/,
    /Zones +us-west-2a: subnet-0a1b2c3d4e5f60001\n +us-west-2b: subnet-0a1b2c3d4e5f60002\n/,
    /Types +spot r6i\.large, r6a\.large, r5\.large, r5a\.large\n +on demand r6i\.large\n/,
    /Group +3 replicas on spot instances/,
    /Masters +10\.0\.1\.10, port 6379, cluster bus 16379\n/,
    /Redis +7\.2\.15, built from source/,
    /Persists +root volume and private IP\n/,
    /User data +[\d,]+ of 16,384 bytes after gzip\n/,
  ]) {
    expect(stdout).toMatch(fact);
  }
});

test.each([
  [{}, "A replica that fell back to on-demand stays there until you recycle it."],
  [
    { strategy: { revertToSpot: "always" } },
    "is replaced by a spot instance as soon as there is spot capacity",
  ],
  [{ strategy: { revertToSpot: ["Sun:03:00-Sun:05:00"] } }, "within Sun:03:00-Sun:05:00 (UTC)"],
  [{ strategy: { fallbackToOnDemand: false } }, "the replica is missing until there is"],
  [{ persistence: { rootVolume: false } }, "joins as a new node and fetches all data"],
  [{ dataVolume: { size: 50 } }, "starts another with the same root volume, data volume and private IP."],
  [
    { dataVolume: { size: 50 }, persistence: { rootVolume: false } },
    "The replica comes back as the same node with its data",
  ],
  [
    { dataVolume: { size: 50 }, persistence: { dataVolume: false } },
    "joins as a new node and fetches all data",
  ],
  [
    { dataVolume: { size: 50, mode: "snapshot" } },
    "with the same root volume and private IP and a data volume made from the latest snapshot.",
  ],
  [{ persistence: { privateIp: false } }, "The replacement has another address"],
])("with %j an interruption reads: %s", async (changes, sentence) => {
  expect((await review(changes)).stdout).toContain(sentence);
});

test.each([
  [{ redis: { install: "image" } }, "the machine image's own"],
  [{ redis: { install: "package", package: "redis6" } }, "the distribution's package redis6"],
  [{ redis: { port: 7000 } }, "port 7000, cluster bus 17000"],
  [{ replicas: 1 }, "1 replica on spot"],
  [{ replicas: { variable: "n" } }, "${var.n} replicas"],
  [{ masters: [{ variable: "m" }] }, "measured by the plan"],
  [{ dataVolume: { size: 50 } }, "Persists         data volume, root volume, private IP\n"],
  [
    { dataVolume: { size: 50 }, persistence: { rootVolume: false, privateIp: false } },
    "Persists         data volume, not the root volume, not the private IP\n",
  ],
  [
    { dataVolume: { size: 50 } },
    "50 GiB, gp3, encrypted, with Redis's data, attached again after the boot\n",
  ],
  [
    { dataVolume: { size: 50, mode: "snapshot", snapshotId: { variable: "s" } } },
    "made from its latest snapshot at each launch; the first from ${var.s}\n",
  ],
])("with %j it says %s", async (changes, words) => {
  expect((await review(changes)).stdout).toContain(words);
});

test("warnings are talk, on stderr, and no failure", async () => {
  const { exit, stdout, stderr } = await review();
  expect(exit).toBe(0);
  expect(stderr).toContain("c.yaml: warning: ");
  expect(stdout).not.toContain("warning");
});

test("--json carries the config, the story and the findings by their rules", async () => {
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
        rules: { "one-master": "warns", "one-zone": "fine", "memory-tight": "not applicable" },
        ignored: [],
      },
    ],
    diagnostics: expect.arrayContaining([
      expect.objectContaining({ severity: "warning", rule: "one-master" }),
      expect.objectContaining({ severity: "note", rule: "image-never-reaches" }),
    ]) as unknown,
  });
});

test("--json keeps a backend's settings to itself: they may hold credentials", async () => {
  const backend = { s3: { bucket: "states", secret_key: "hush" } };
  const ended = await run("review", "--json", "-c", file(folder, "c.yaml", exampleText({ backend })));
  expect(json(ended)).toMatchObject({ clusters: [{ config: { backend: "s3" } }] });
  expect(ended.stdout + ended.stderr).not.toContain("hush");
});

test("whoever reaches the port that is told is warned of", async () => {
  expect((await review({ redis: { port: 7000 } })).stderr).toContain("whoever reaches port 7000 reads");
});

test("a finding names its rule, for whoever wants to ignore it", async () => {
  expect((await review()).stderr).toMatch(/c\.yaml: warning: .*name more `masters` \[one-master\]\n/);
  const ignore = [{ rule: "one-master", reason: "it is behind a name that follows it" }];
  expect((await review({ review: { ignore } })).stderr).not.toContain("[one-master]");
});

test.each([
  [
    { rule: "one-mastr", reason: "a reason" },
    '`review.ignore[0].rule` must name a rule, got: "one-mastr". Did you mean `one-master`?',
  ],
  [{ rule: "entirely-else", reason: "a reason" }, "`review --json` lists them."],
  [{ rule: "one-master" }, "`review.ignore[0].reason` must be given"],
])("what is ignored (%j) must be a rule, for a reason", async (each, message) => {
  const { exit, stderr } = await review({ review: { ignore: [each] } });
  expect(exit).toBe(1);
  expect(stderr).toContain(message);
});

test("--memory is what the rules measure types by", async () => {
  const path = file(folder, "c.yaml", exampleText());
  expect((await run("review", "-c", path, "--memory", "20gb")).stderr).toContain("[memory-below-data]");
  for (const size of ["lots", "0"]) {
    const { exit, stderr } = await run("review", "-c", path, "--memory", size);
    expect(exit).toBe(1);
    expect(stderr).toContain("`--memory` must be a size of at least 1mb, such as 512mb or 12gb");
  }
});

test("without a terminal there is no colour", async () => {
  expect((await review()).stdout).not.toContain("\u001b");
});
