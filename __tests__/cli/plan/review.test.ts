import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { type TerraformPlan } from "../../../cli/plan/terraform-plan";
import { file, temporaryFolder } from "../../config/example";
import { describeWith } from "../../support/needs";
import { json, run } from "../run";
import { ADDRESS, makePlans, NAMES, OTHER_ADDRESS, readable, recordedFile } from "./scenarios";

const folder = temporaryFolder();

function recorded(name: string): TerraformPlan {
  return JSON.parse(readFileSync(recordedFile(name), "utf8")) as TerraformPlan;
}

async function review(name: string, ...options: string[]) {
  return run("review", "--plan", recordedFile(name), ...options);
}

const partial = { resync: "partial" };
const full = { resync: "full" };
const unknown = { resync: "unknown" };

test.each<[string, number, string, object[]]>([
  ["nothing", 0, "nothing", [{ count: 3, fate: "untouched" }]],
  ["created", 2, "create", [{ count: 3, fate: "new", ...full }]],
  ["renamed", 0, "update", [{ count: 3, fate: "untouched" }]],
  ["tagged", 2, "update", [{ count: 3, fate: "changed at once" }]],
  ["user-data", 2, "update", [{ count: 3, fate: "changed at its next recycle", ...partial }]],
  ["recompressed", 0, "update", [{ count: 3, fate: "untouched" }]],
  ["machines", 2, "update", [{ count: 3, fate: "changed at its next recycle", ...partial }]],
  ["image", 0, "update", [{ count: 3, fate: "untouched" }]],
  ["zones", 2, "update", [{ count: 3, fate: "unsure", ...partial }]],
  [
    "fewer",
    2,
    "update",
    [
      { count: 1, fate: "untouched" },
      { count: 2, fate: "left behind" },
    ],
  ],
  [
    "more",
    2,
    "update",
    [
      { count: 3, fate: "untouched" },
      { count: 2, fate: "new", ...full },
    ],
  ],
  ["fresh-roots", 2, "update", [{ count: 3, fate: "changed at its next recycle", ...full }]],
  ["refused", 1, "update", [{ count: 3, fate: "untouched" }]],
  ["unknown", 2, "update", [{ count: null, fate: "unsure", ...unknown }]],
  ["returning", 2, "update", [{ count: 3, fate: "may be replaced", ...partial }]],
  ["stricter", 2, "update", [{ count: 3, fate: "may be replaced", ...partial }]],
  ["reserved", 2, "update", [{ count: 3, fate: "may be replaced", ...partial }]],
  ["kept-roots", 2, "update", [{ count: 3, fate: "changed at its next recycle", ...unknown }]],
  ["foreign", 2, "update", [{ count: 3, fate: "changed at its next recycle", ...unknown }]],
  [
    "gone",
    2,
    "create",
    [
      { count: 3, fate: "gone" },
      { count: 3, fate: "new", ...full },
    ],
  ],
  [
    "replaced",
    1,
    "replace",
    [
      { count: 3, fate: "destroyed" },
      { count: 3, fate: "new", ...full },
    ],
  ],
  ["destroyed", 1, "destroy", [{ count: 3, fate: "destroyed" }]],
  ["address-changed", 1, "destroy", [{ count: 3, fate: "destroyed" }]],
  ["moved", 0, "nothing", [{ count: 3, fate: "untouched" }]],
  [
    "drifted",
    2,
    "update",
    [
      { count: 2, fate: "untouched" },
      { count: 1, fate: "new", ...full },
    ],
  ],
  ["adopted", 0, "update", [{ count: 3, fate: "untouched" }]],
])("the plan «%s» ends with %i: %s, %j", async (name, exit, action, replicas) => {
  const ended = await review(name, "--json");
  expect(ended).toMatchObject({ exit, stderr: "" });
  expect(json(ended)).toMatchObject({
    format_version: "1.0",
    groups: expect.arrayContaining([expect.objectContaining({ action })]) as unknown,
  });
  const [group] = (json(ended) as { groups: { replicas: { resync: string | null }[] }[] }).groups;
  expect(group?.replicas).toEqual(replicas.map((each) => ({ resync: null, ...each })));
});

test.each([
  ["user-data", ["- MAXMEMORY=0\n", "+ MAXMEMORY=12gb\n", "join.sh: +1 -0 lines"]],
  ["recompressed", ["Without effect:\n    user_data: same text, recompressed"]],
  ["tagged", ["At once, on running replicas:\n    tags: +team=orders -team=data"]],
  ["machines", ["instance_types_spot: +r7i.large -r6i.large", "security_groups: +sg-1"]],
  [
    "image",
    ["Never on a kept root volume:\n    image_id: ami-0123456789abcdef0 → ami-1", "No running replica"],
  ],
  ["fewer", ["root volumes and network interfaces stay", "CLUSTER FORGET", "owns slots"]],
  ["fresh-roots", ["joins as a new node"]],
  ["refused", ["`product` cannot change after creation: the apply will fail"]],
  [
    "unknown",
    ["user_data: known after apply", "desired_capacity: 3 → known after apply", "terraform_data.next"],
  ],
  ["replaced", ["IS DESTROYED and another is created", "-replace"]],
  ["destroyed", ["IS DESTROYED", "volumes, snapshots, images and network interfaces are deleted"]],
  ["moved", [`${OTHER_ADDRESS}, moved from ${ADDRESS}`]],
  ["returning", ["replaced as soon as there is spot capacity, at peak hours too"]],
  [
    "stricter",
    ["fails the health check `TARGET_GROUP` is replaced", "not healthy 1 seconds after its launch"],
  ],
  ["reserved", ["launches on demand where a reservation is free", "not documented for stateful groups"]],
  ["kept-roots", ["not kept when its instance started", "whether a partial or a full resync is not known"]],
  ["foreign", ["The user data so far is not of this package"]],
  [
    "gone",
    ["IS GONE AT SPOT (sig-00000001) and another is created", "its replicas are gone, and their volumes"],
  ],
  ["drifted", ["Changed outside Terraform: desired_capacity, max_size, min_size"]],
  ["adopted", ["sig-00000001 is taken over by Terraform"]],
  ["zones", ["-us-west-2b:subnet-0a2b", "not documented", "never reads zones back"]],
])("of «%s» it says %j", async (name, words) => {
  const { stdout } = await review(name);
  for (const each of words) expect(stdout).toContain(each);
});

describe("a plan that only takes note, as `plan -refresh-only` makes it", () => {
  const noted = async (name: string, ...options: string[]) => {
    const plan = { ...recorded(name), resource_changes: undefined };
    const path = file(folder, `noted-${name}.json`, JSON.stringify(plan));
    return run("review", "--plan", path, ...options);
  };

  test("says that a group is gone, and that it makes no other", async () => {
    const { exit, stdout } = await noted("gone");
    expect(exit).toBe(2);
    expect(stdout).toContain("IS GONE AT SPOT (sig-00000001)\n");
    expect(stdout).toContain("3 replicas: GONE, before this plan");
    expect(stdout).toContain("This plan only takes note of it");
    expect(json(await noted("gone", "--json"))).toMatchObject({
      groups: [{ gone: "sig-00000001", action: "nothing", replicas: [{ count: 3, fate: "gone" }] }],
    });
  });

  test("says what changed at Spot", async () => {
    const { exit, stdout } = await noted("drifted");
    expect(exit).toBe(0);
    expect(stdout).toContain("Changed outside Terraform: desired_capacity");
  });
});

test("a group that is gone at Spot is not said to be changed there, attribute by attribute", async () => {
  expect((await review("gone")).stdout).not.toContain("Changed outside");
  expect(json(await review("gone", "--json"))).toMatchObject({
    groups: [{ gone: "sig-00000001", drifted: [] }],
  });
});

test.each(NAMES.filter((name) => name !== "unknown"))(
  "the plan «%s» has the zones' bookkeeping, and nobody needs to read of it",
  async (name) => {
    const types = (recorded(name).resource_changes ?? []).map(({ type }) => type);
    expect(types).toContain("terraform_data");
    expect(json(await review(name, "--json"))).toMatchObject({ others: [] });
  },
);

test.each<[string, { type: string; actions: string[] }, number, string]>([
  [
    "a network rule that goes",
    { type: "aws_vpc_security_group_ingress_rule", actions: ["delete"] },
    2,
    "what replicas may need goes or changes (1 of the other resources)",
  ],
  [
    "a network rule that comes",
    { type: "aws_vpc_security_group_ingress_rule", actions: ["create"] },
    0,
    "no replica is touched",
  ],
  [
    "what replicas have no use for",
    { type: "aws_s3_bucket", actions: ["delete"] },
    0,
    "no replica is touched",
  ],
])("beside a group that stays, %s (%j) ends with %i", async (_, { type, actions }, exit, words) => {
  const other = { address: `${type}.other`, type, change: { actions, before: {}, after: null } };
  const { resource_changes: changes = [], ...rest } = recorded("nothing");
  const plan = { ...rest, resource_changes: [...changes, other] };
  const ended = await run("review", "--plan", file(folder, "beside.json", JSON.stringify(plan)));
  expect(ended.exit).toBe(exit);
  expect(ended.stdout).toContain(`${type}.other: ${actions.join()}`);
  expect(ended.stderr).toContain(words);
});

test("a changed address is called a destruction, with the block that prevents it", async () => {
  const { stdout } = await review("address-changed");
  expect(stdout).toContain("IS DESTROYED");
  expect(stdout).toContain(`    moved {\n      from = ${ADDRESS}\n      to   = ${OTHER_ADDRESS}\n    }\n`);
});

test.each(["destroyed", "replaced", "address-changed"])(
  "--allow-destroy lets «%s» end as a difference, in the same words",
  async (name) => {
    const strict = await review(name);
    const allowed = await review(name, "--allow-destroy");
    expect(allowed).toMatchObject({ exit: 2, stdout: strict.stdout });
  },
);

test("--allow-destroy does not let pass what Spot refuses", async () => {
  expect((await review("refused", "--allow-destroy")).exit).toBe(1);
});

test("a plan needs no config", async () => {
  expect(await run("review", "-c", "none.yaml", "--plan", recordedFile("nothing"))).toMatchObject({
    exit: 0,
  });
});

test("what a terminal would obey is shown, not sent to it", async () => {
  const { resource_changes: [group] = [], ...rest } = recorded("renamed");
  const after = { ...group!.change.after, name: "a\u001b[2Jb\nc", description: "\u009bd" };
  const changed = { ...group!, change: { ...group!.change, after } };
  const plan = file(folder, "escapes.json", JSON.stringify({ ...rest, resource_changes: [changed] }));
  const { stdout } = await run("review", "--plan", plan);
  expect(stdout).toContain("a\\u001b[2Jb⏎c (sig-00000001) changes in place");
  // eslint-disable-next-line no-control-regex -- those must not be there
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

test("a plan without a group says so", async () => {
  const plan = file(folder, "empty.json", `\uFEFF{ "format_version": "1.2", "planned_values": {} }`);
  const { exit, stderr } = await run("review", "--plan", plan);
  expect(exit).toBe(0);
  expect(stderr).toContain("there is no Elastigroup in it");
});

test.each([
  ["PK\u0003\u0004", "the saved plan itself: run `terraform show -json` on it"],
  ["", "nothing"],
  ['{"@level":"info"}\n{"@level":"info"}\n', "save the plan with -out"],
  ["No changes.", "text that is no JSON"],
  ["[]", "other JSON"],
  ['{"format_version":"2.0"}', "have format 1.x, got: 2.0"],
  ['{"format_version":"1.0","values":{}}', "a state"],
  ['{"format_version":"1.2","errored":true}', "one that ended with errors"],
  // `terraform show -json` without any state, and `terraform validate -json`.
  ['{"format_version":"1.0"}', "JSON that says nothing of a plan"],
  ['{"format_version":"1.0","valid":true}', "JSON that says nothing of a plan"],
  ['{"format_version":"1.0","resource_changes":{}}', "changes that it does not print"],
  ['{"format_version":"1.0","resource_changes":[null]}', "changes that it does not print"],
  [
    '{"format_version":"1.0","resource_drift":[{"address":"a","type":"t"}]}',
    "changes that it does not print",
  ],
])("%j is one message and ends with 1", async (text, words) => {
  const { exit, stdout, stderr } = await run("review", "--plan", file(folder, "bad.json", text));
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
  expect(stderr).toContain("`--plan` must ");
  expect(stderr).toContain(words);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
});

test("a file that is not there is one message", async () => {
  const { exit, stderr } = await run("review", "--plan", `${folder}/none.json`);
  expect(exit).toBe(1);
  expect(stderr).toContain("no readable file (ENOENT)");
});

/** A plan with so many groups, each changed in its user data and its tags. */
function large(groups: number): string {
  const [change] = recorded("user-data").resource_changes ?? [];
  const changes = Array.from({ length: groups }, (_, i) => ({ ...change, address: `${ADDRESS}[${i}]` }));
  return file(folder, `${groups}.json`, JSON.stringify({ format_version: "1.2", resource_changes: changes }));
}

test("a thousand groups are told one by one, in a time that does not square", async () => {
  const took = async (plan: string): Promise<number> => {
    const start = performance.now();
    expect((await run("review", "--plan", plan)).stdout.match(/MAXMEMORY=12gb/g)?.length).toBeGreaterThan(9);
    return performance.now() - start;
  };
  const [few, many] = [large(100), large(1000)];
  await took(few);
  const base = await took(few);
  expect(await took(many)).toBeLessThan(50 * Math.max(base, 10));
});

test("there is a recorded plan for each scenario, and no other", () => {
  const files = readdirSync(dirname(recordedFile("x"))).filter((name) => name.endsWith(".plan.json"));
  const kept = files.map((name) => basename(name, ".plan.json"));
  expect(kept.sort()).toEqual([...NAMES].sort());
});

describeWith(["terraform", "spotinst provider"], "the real provider", () => {
  test("plans what is recorded; `npm run record-plans` records again", async () => {
    const plans = await makePlans();
    for (const name of NAMES)
      expect([name, readable(plans[name]!)]).toEqual([name, readable(recorded(name))]);
  }, 180_000);
});
