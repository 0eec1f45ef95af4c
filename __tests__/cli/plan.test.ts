import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { type TerraformPlan } from "../../cli/plan/terraform-plan";
import { file, temporaryFolder } from "../support/folder";
import { describeWith } from "../support/needs";
import { json, run } from "./run";
import { ADDRESS, makePlans, NAMES, OTHER_ADDRESS, readable, recordedFile } from "./plan/scenarios";

const folder = temporaryFolder();

function recorded(name: string): TerraformPlan {
  return JSON.parse(readFileSync(recordedFile(name), "utf8")) as TerraformPlan;
}

async function plan(name: string, ...options: string[]) {
  return run("plan", recordedFile(name), ...options);
}

const partial = { resync: "partial" };
const full = { resync: "full" };
const unknown = { resync: "unknown" };

test.each<[string, number, string, object[]]>([
  ["nothing", 0, "no_op", [{ count: 3, fate: "unchanged" }]],
  ["created", 2, "create", [{ count: 3, fate: "created", ...full }]],
  ["renamed", 0, "update", [{ count: 3, fate: "unchanged" }]],
  ["tagged", 2, "update", [{ count: 3, fate: "changed_immediately" }]],
  ["user-data", 2, "update", [{ count: 3, fate: "changed_at_next_recycle", ...partial }]],
  ["recompressed", 0, "update", [{ count: 3, fate: "unchanged" }]],
  ["machines", 2, "update", [{ count: 3, fate: "changed_at_next_recycle", ...partial }]],
  ["image", 0, "update", [{ count: 3, fate: "unchanged" }]],
  ["zones", 2, "update", [{ count: 3, fate: "undocumented", ...partial }]],
  [
    "fewer",
    2,
    "update",
    [
      { count: 1, fate: "unchanged" },
      { count: 2, fate: "scaled_down" },
    ],
  ],
  [
    "more",
    2,
    "update",
    [
      { count: 3, fate: "unchanged" },
      { count: 2, fate: "created", ...full },
    ],
  ],
  ["fresh-roots", 2, "update", [{ count: 3, fate: "changed_at_next_recycle", ...full }]],
  ["refused", 1, "update", [{ count: 3, fate: "unchanged" }]],
  ["unknown", 2, "update", [{ count: null, fate: "undocumented", ...unknown }]],
  ["returning", 2, "update", [{ count: 3, fate: "may_be_replaced", ...partial }]],
  ["stricter", 2, "update", [{ count: 3, fate: "may_be_replaced", ...partial }]],
  ["reserved", 2, "update", [{ count: 3, fate: "may_be_replaced", ...partial }]],
  ["kept-roots", 2, "update", [{ count: 3, fate: "changed_at_next_recycle", ...unknown }]],
  ["foreign", 2, "update", [{ count: 3, fate: "changed_at_next_recycle", ...unknown }]],
  [
    "gone",
    2,
    "create",
    [
      { count: 3, fate: "deleted_outside_terraform" },
      { count: 3, fate: "created", ...full },
    ],
  ],
  [
    "replaced",
    1,
    "replace",
    [
      { count: 3, fate: "destroyed" },
      { count: 3, fate: "created", ...full },
    ],
  ],
  ["destroyed", 1, "destroy", [{ count: 3, fate: "destroyed" }]],
  ["address-changed", 1, "destroy", [{ count: 3, fate: "destroyed" }]],
  ["moved", 0, "no_op", [{ count: 3, fate: "unchanged" }]],
  [
    "drifted",
    2,
    "update",
    [
      { count: 2, fate: "unchanged" },
      { count: 1, fate: "created", ...full },
    ],
  ],
  ["adopted", 0, "update", [{ count: 3, fate: "unchanged" }]],
])("the plan «%s» exits with %i: %s, %j", async (name, exit, action, replicas) => {
  const ended = await plan(name, "--json");
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
  ["recompressed", ["No effect:\n    user_data: same text, recompressed"]],
  ["tagged", ["Immediately, on running replicas:\n    tags: +team=orders -team=data"]],
  ["machines", ["instance_types_spot: +r7i.large -r6i.large", "security_groups: +sg-1"]],
  [
    "image",
    [
      "Never with a kept root volume:\n    image_id: ami-0123456789abcdef0 → ami-1",
      "Running replicas do not get the image",
    ],
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
  ["returning", ["replaced as soon as there is spot capacity, also at peak hours"]],
  [
    "stricter",
    ["fails the health check `TARGET_GROUP` is replaced", "not healthy 1 seconds after its launch"],
  ],
  [
    "reserved",
    ["launches on-demand instances where a reservation is free", "not documented for stateful groups"],
  ],
  ["kept-roots", ["not kept when its instance started", "partial or full resync, not known which"]],
  ["foreign", ["The current user data is not from this package"]],
  [
    "gone",
    [
      "WAS DELETED OUTSIDE TERRAFORM (sig-00000001) and another is created",
      "was deleted outside Terraform, with its replicas",
    ],
  ],
  ["drifted", ["Changed outside Terraform: desired_capacity, max_size, min_size"]],
  ["adopted", ["sig-00000001 is imported"]],
  ["zones", ["-us-west-2b:subnet-0a2b", "not documented", "does not read zones back"]],
])("the output for «%s» has %j", async (name, words) => {
  const { stdout } = await plan(name);
  for (const each of words) expect(stdout).toContain(each);
});

describe("a plan that only refreshes, as `plan -refresh-only` makes it", () => {
  const noted = async (name: string, ...options: string[]) => {
    const plan = { ...recorded(name), resource_changes: undefined };
    const path = file(folder, `noted-${name}.json`, JSON.stringify(plan));
    return run("plan", path, ...options);
  };

  test("reports a deleted group, and that no other is created", async () => {
    const { exit, stdout } = await noted("gone");
    expect(exit).toBe(2);
    expect(stdout).toContain("WAS DELETED OUTSIDE TERRAFORM (sig-00000001)\n");
    expect(stdout).toContain("3 replicas: DELETED before this plan");
    expect(stdout).toContain("This plan changes only the state");
    expect(json(await noted("gone", "--json"))).toMatchObject({
      groups: [
        {
          gone: "sig-00000001",
          action: "no_op",
          replicas: [{ count: 3, fate: "deleted_outside_terraform" }],
        },
      ],
    });
  });

  test("reports what changed outside Terraform", async () => {
    const { exit, stdout } = await noted("drifted");
    expect(exit).toBe(0);
    expect(stdout).toContain("Changed outside Terraform: desired_capacity");
  });
});

test("the attributes of a deleted group are not reported as changes outside Terraform", async () => {
  expect((await plan("gone")).stdout).not.toContain("Changed outside");
  expect(json(await plan("gone", "--json"))).toMatchObject({
    groups: [{ gone: "sig-00000001", drifted: [] }],
  });
});

test.each(NAMES.filter((name) => name !== "unknown"))(
  "the plan «%s» has an internal resource, which is not printed",
  async (name) => {
    const types = (recorded(name).resource_changes ?? []).map(({ type }) => type);
    expect(types).toContain("terraform_data");
    expect(json(await plan(name, "--json"))).toMatchObject({ others: [] });
  },
);

test.each<[string, { type: string; actions: string[] }, number, string]>([
  [
    "a deleted network rule",
    { type: "aws_vpc_security_group_ingress_rule", actions: ["delete"] },
    2,
    "other resources that they can depend on change (1)",
  ],
  [
    "a created network rule",
    { type: "aws_vpc_security_group_ingress_rule", actions: ["create"] },
    0,
    "no replica is changed",
  ],
  [
    "a resource that replicas do not depend on",
    { type: "aws_s3_bucket", actions: ["delete"] },
    0,
    "no replica is changed",
  ],
])("beside a group that stays, %s (%j) exits with %i", async (_, { type, actions }, exit, words) => {
  const other = { address: `${type}.other`, type, change: { actions, before: {}, after: null } };
  const { resource_changes: changes = [], ...rest } = recorded("nothing");
  const plan = { ...rest, resource_changes: [...changes, other] };
  const ended = await run("plan", file(folder, "beside.json", JSON.stringify(plan)));
  expect(ended.exit).toBe(exit);
  expect(ended.stdout).toContain(`${type}.other: ${actions.join()}`);
  expect(ended.stderr).toContain(words);
});

test("a changed address is reported as a destruction, with the `moved` block that prevents it", async () => {
  const { stdout } = await plan("address-changed");
  expect(stdout).toContain("IS DESTROYED");
  expect(stdout).toContain(`    moved {\n      from = ${ADDRESS}\n      to   = ${OTHER_ADDRESS}\n    }\n`);
});

test.each(["destroyed", "replaced", "address-changed"])(
  "--allow-destroy exits with 2 for «%s», with the same output",
  async (name) => {
    const strict = await plan(name);
    const allowed = await plan(name, "--allow-destroy");
    expect(allowed).toMatchObject({ exit: 2, stdout: strict.stdout });
  },
);

test("--allow-destroy does not accept a change that Spot refuses", async () => {
  expect((await plan("refused", "--allow-destroy")).exit).toBe(1);
});

test("a plan needs no config", async () => {
  expect(await run("plan", "-c", "none.yaml", recordedFile("nothing"))).toMatchObject({
    exit: 0,
  });
});

test("control characters are escaped", async () => {
  const { resource_changes: [group] = [], ...rest } = recorded("renamed");
  const after = { ...group!.change.after, name: "a\u001b[2Jb\nc", description: "\u009bd" };
  const changed = { ...group!, change: { ...group!.change, after } };
  const plan = file(folder, "escapes.json", JSON.stringify({ ...rest, resource_changes: [changed] }));
  const { stdout } = await run("plan", plan);
  expect(stdout).toContain("a\\u001b[2Jb⏎c (sig-00000001) is changed in place");
  // eslint-disable-next-line no-control-regex -- the output must not match
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

test("a plan without a group is reported as that", async () => {
  const plan = file(folder, "empty.json", `\uFEFF{ "format_version": "1.2", "planned_values": {} }`);
  const { exit, stderr } = await run("plan", plan);
  expect(exit).toBe(0);
  expect(stderr).toContain("the plan has no Elastigroup");
});

test.each([
  ["PK\u0003\u0004", "the saved plan itself; run `terraform show -json` on it"],
  ["", "nothing"],
  ['{"@level":"info"}\n{"@level":"info"}\n', "save the plan with -out"],
  ["No changes.", "text that is not JSON"],
  ["[]", "other JSON"],
  ['{"format_version":"2.0"}', "have format 1.x, got: 2.0"],
  ['{"format_version":"1.0","values":{}}', "a state"],
  ['{"format_version":"1.2","errored":true}', "one that ended with errors"],
  // `terraform show -json` without any state, and `terraform validate -json`.
  ['{"format_version":"1.0"}', "JSON without a plan"],
  ['{"format_version":"1.0","valid":true}', "JSON without a plan"],
  ['{"format_version":"1.0","resource_changes":{}}', "changes in another format"],
  ['{"format_version":"1.0","resource_changes":[null]}', "changes in another format"],
  ['{"format_version":"1.0","resource_drift":[{"address":"a","type":"t"}]}', "changes in another format"],
])("the input %j is one message and exits with 1", async (text, words) => {
  const { exit, stdout, stderr } = await run("plan", file(folder, "bad.json", text));
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
  expect(stderr).toContain("the plan must ");
  expect(stderr).toContain(words);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
});

test("a missing file is one message", async () => {
  const { exit, stderr } = await run("plan", `${folder}/none.json`);
  expect(exit).toBe(1);
  expect(stderr).toContain("no readable file (ENOENT)");
});

/** A plan with this number of groups, each with changed user data and tags. */
function large(groups: number): string {
  const [change] = recorded("user-data").resource_changes ?? [];
  const changes = Array.from({ length: groups }, (_, i) => ({ ...change, address: `${ADDRESS}[${i}]` }));
  return file(folder, `${groups}.json`, JSON.stringify({ format_version: "1.2", resource_changes: changes }));
}

test("the time for a thousand groups grows linearly", async () => {
  const took = async (plan: string): Promise<number> => {
    const start = performance.now();
    expect((await run("plan", plan)).stdout.match(/MAXMEMORY=12gb/g)?.length).toBeGreaterThan(9);
    return performance.now() - start;
  };
  const [few, many] = [large(100), large(1000)];
  await took(few);
  const base = await took(few);
  expect(await took(many)).toBeLessThan(50 * Math.max(base, 10));
});

test("every scenario has a recorded plan, and every recorded plan a scenario", () => {
  const files = readdirSync(dirname(recordedFile("x"))).filter((name) => name.endsWith(".plan.json"));
  const kept = files.map((name) => basename(name, ".plan.json"));
  expect(kept.sort()).toEqual([...NAMES].sort());
});

describeWith(["terraform", "spotinst provider"], "the real provider", () => {
  test("makes the recorded plans; `npm run record-plans` records them again", async () => {
    const plans = await makePlans();
    for (const name of NAMES)
      expect([name, readable(plans[name]!)]).toEqual([name, readable(recorded(name))]);
  }, 180_000);
});
