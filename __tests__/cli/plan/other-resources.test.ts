import { groupPlans } from "../../../cli/plan/group";
import { type OtherResource, otherResourcesIn } from "../../../cli/plan/other-resources";
import { type TerraformPlan } from "../../../cli/plan/terraform-plan";

const GROUP = "spotinst_elastigroup_aws";

/** The change of one resource beside a group. */
function other(
  type: string,
  actions: string[],
  {
    before = {},
    after = null,
    group = "no-op",
  }: { before?: object; after?: object | null; group?: string } = {},
): OtherResource {
  const plan = {
    format_version: "1.2",
    resource_changes: [
      { address: `${GROUP}.g`, type: GROUP, change: { actions: [group], before: {}, after: {} } },
      { address: "a.b", type, change: { actions, before, after } },
    ],
  } as TerraformPlan;
  return otherResourcesIn(plan, groupPlans(plan))[0]!;
}

test.each<[string, string[], string]>([
  [
    "aws_vpc_security_group_ingress_rule",
    ["delete"],
    "Closed immediately, also for running replicas: without its bus port",
  ],
  ["aws_vpc_security_group_egress_rule", ["delete"], "Closed immediately"],
  ["aws_security_group_rule", ["delete", "create"], "opened again with its new values"],
  ["aws_network_acl_rule", ["delete"], "Closed immediately"],
  [
    "aws_security_group",
    ["delete"],
    "Running replicas stay in it, and AWS does not delete a security group in use",
  ],
  ["aws_security_group", ["create", "delete"], "stay in the old one until their next recycle"],
  ["aws_iam_role", ["delete"], "Spot cannot launch instances with it: replacements fail"],
  ["aws_iam_instance_profile", ["delete", "create"], "replacements fail until the new one exists"],
  ["aws_iam_role_policy", ["delete"], "lose its permissions immediately, such as reading a secret"],
  ["aws_iam_role_policy_attachment", ["delete"], "lose its permissions immediately"],
])("%s, %j: %s", (type, actions, words) => {
  expect(other(type, actions).notice).toContain(words);
});

const rule = {
  description: "Cluster bus from masters",
  from_port: 16379,
  to_port: 16379,
  cidr_ipv4: "10.0.0.0/8",
};

test("a notice about a network rule starts with its description and port", () => {
  const { notice } = other("aws_vpc_security_group_ingress_rule", ["delete"], { before: rule });
  expect(notice).toMatch(/^Cluster bus from masters, port 16379\. Closed/);
});

test.each([
  ["another range", { ...rule, cidr_ipv4: "10.9.0.0/16" }, true],
  ["other tags and words", { ...rule, description: "bus", tags: { a: "b" }, tags_all: { a: "b" } }, false],
])("a network rule with %s in place gets a notice only if traffic changes", (_, after, said) => {
  const { notice } = other("aws_security_group_rule", ["update"], { before: rule, after });
  expect(notice !== undefined).toBe(said);
});

test.each([
  ["is created", "aws_vpc_security_group_ingress_rule", ["create"]],
  ["is removed from the state", "aws_security_group", ["forget"]],
  ["replicas do not depend on", "aws_s3_bucket", ["delete"]],
])("a resource that %s gets no notice", (_, type, actions) => {
  expect(other(type, actions)).toEqual({ address: "a.b", actions, notice: undefined });
});

test.each(["delete", "create"])("beside a group with %s, no resource gets a notice", (group) => {
  expect(other("aws_security_group", ["delete"], { group }).notice).toBeUndefined();
});
