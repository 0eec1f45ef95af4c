import { App, TerraformOutput, TerraformStack, Testing } from "cdktf";
import {
  InstanceRole,
  Peer,
  type RedisReplicasProps,
  RedisReplicasStack,
  RedisSecurityGroup,
  SecretSource,
} from "../../../constructs";
import { minimal, synthesize, type Json } from "../support";

/** Synthesizes a stack whose group, security group and role have other logical IDs, given after their construction. */
function renamed(props: Partial<RedisReplicasProps>): string {
  const json: Json = synthesize((app) => {
    const stack = new RedisReplicasStack(app, "redis");
    const replicas = stack.addReplicas({ ...minimal, ...props });
    replicas.groups[0]!.group.elastigroup.overrideLogicalId("new_group");
    replicas.securityGroup?.securityGroup.overrideLogicalId("new_security_group");
    replicas.instanceRole?.role.overrideLogicalId("new_role");
    replicas.instanceRole?.instanceProfile.overrideLogicalId("new_profile");
    replicas.instanceRole?.policy.overrideLogicalId("new_policy");
    return stack;
  });
  return JSON.stringify(json, (key, value: unknown) => (key === "//" ? undefined : value), 1);
}

/** The references to resources of a type. */
function references(json: string, type: string): string[] {
  return [...new Set([...json.matchAll(new RegExp(`${type}\\.([\\w-]+)`, "g"))].map(({ 1: id = "" }) => id))];
}

const auth = { password: SecretSource.parameter("/redis/password") };

test.each<[what: string, type: string, id: string, props: Partial<RedisReplicasProps>]>([
  ["outputs and the record of the zones", "spotinst_elastigroup_aws", "new_group", {}],
  ["the import block", "spotinst_elastigroup_aws", "new_group", { adopt: "sig-1a2b3c4d" }],
  [
    "rules, the group and outputs",
    "aws_security_group",
    "new_security_group",
    { network: { vpcId: "vpc-0a1b", masters: Peer.cidr("10.0.1.0/24") } },
  ],
  ["the policy and the profile", "aws_iam_role", "new_role", { auth }],
  ["the group's profile", "aws_iam_instance_profile", "new_profile", { auth }],
  ["the group's dependencies", "aws_iam_role_policy", "new_policy", { auth }],
])("in %s, the logical ID of %s may be overridden later", (_, type, id, props) => {
  expect(references(renamed(props), type)).toEqual([id]);
});

test("attributes of constructs that are alone refer to it, too", () => {
  const stack = new TerraformStack(new App(), "stack");
  const vpcId = "vpc-0a1b";
  const group = new RedisSecurityGroup(stack, "sg", { name: "a", vpcId, masters: Peer.cidr("10.0.1.0/24") });
  const role = new InstanceRole(stack, "role", {
    name: "role",
    region: "us-west-2",
    secretSources: [SecretSource.parameter("/redis/password")],
  });
  new TerraformOutput(stack, "security-group", { value: group.securityGroupId, staticId: true });
  new TerraformOutput(stack, "profile", { value: role.instanceProfileName, staticId: true });
  group.securityGroup.overrideLogicalId("mine");
  role.instanceProfile.overrideLogicalId("its");
  const { output } = JSON.parse(Testing.synth(stack));
  expect(output["security-group"].value).toBe("${aws_security_group.mine.id}");
  expect(output["profile"].value).toBe("${aws_iam_instance_profile.its.name}");
});
