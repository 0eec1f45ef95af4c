import { groupPlans } from "../../../cli/plan/group";
import { type Other, othersIn } from "../../../cli/plan/others";
import { type TerraformPlan } from "../../../cli/plan/terraform-plan";

const GROUP = "spotinst_elastigroup_aws";

/** What is said of one resource beside a group. */
function other(
  type: string,
  actions: string[],
  {
    before = {},
    after = null,
    group = "no-op",
  }: { before?: object; after?: object | null; group?: string } = {},
): Other {
  const plan = {
    format_version: "1.2",
    resource_changes: [
      { address: `${GROUP}.g`, type: GROUP, change: { actions: [group], before: {}, after: {} } },
      { address: "a.b", type, change: { actions, before, after } },
    ],
  } as TerraformPlan;
  return othersIn(plan, groupPlans(plan))[0]!;
}

test.each<[string, string[], string]>([
  [
    "aws_vpc_security_group_ingress_rule",
    ["delete"],
    "Closed at once, for running replicas too: without its bus port",
  ],
  ["aws_vpc_security_group_egress_rule", ["delete"], "Closed at once"],
  ["aws_security_group_rule", ["delete", "create"], "opened again as it then says"],
  ["aws_network_acl_rule", ["delete"], "Closed at once"],
  ["aws_security_group", ["delete"], "A replica that runs stays in it, and AWS deletes none that is in use"],
  ["aws_security_group", ["create", "delete"], "stays in the old one until its next recycle"],
  ["aws_iam_role", ["delete"], "Spot can launch none with it: a replacement fails"],
  ["aws_iam_instance_profile", ["delete", "create"], "a replacement fails until Spot finds the new one"],
  ["aws_iam_role_policy", ["delete"], "what they fetch, such as a secret, they get no more"],
  ["aws_iam_role_policy_attachment", ["delete"], "lose what it allows at once"],
])("%s, %j: %s", (type, actions, words) => {
  expect(other(type, actions).remark).toContain(words);
});

const rule = {
  description: "Cluster bus from masters",
  from_port: 16379,
  to_port: 16379,
  cidr_ipv4: "10.0.0.0/8",
};

test("a rule is called by what it was for", () => {
  const { remark } = other("aws_vpc_security_group_ingress_rule", ["delete"], { before: rule });
  expect(remark).toMatch(/^Cluster bus from masters, port 16379\. Closed/);
});

test.each([
  ["another range", { ...rule, cidr_ipv4: "10.9.0.0/16" }, true],
  ["other tags and words", { ...rule, description: "bus", tags: { a: "b" }, tags_all: { a: "b" } }, false],
])("a rule that gets %s in place", (_, after, said) => {
  const { remark } = other("aws_security_group_rule", ["update"], { before: rule, after });
  expect(remark !== undefined).toBe(said);
});

test.each([
  ["comes", "aws_vpc_security_group_ingress_rule", ["create"]],
  ["is forgotten", "aws_security_group", ["forget"]],
  ["is of no use to replicas", "aws_s3_bucket", ["delete"]],
])("of what %s nothing is said", (_, type, actions) => {
  expect(other(type, actions)).toEqual({ address: "a.b", actions, remark: undefined });
});

test.each(["delete", "create"])("beside a group with %s, nobody needs anything", (group) => {
  expect(other("aws_security_group", ["delete"], { group }).remark).toBeUndefined();
});
