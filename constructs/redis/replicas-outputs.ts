import { TerraformOutput } from "cdktf";
import { type Construct } from "constructs";
import { terraformText } from "../terraform/escape";
import { type RedisReplicas, type ReplicaGroup } from "./redis-replicas";

/** Adds the outputs of replicas to a stack. */
export function addOutputs(stack: Construct, { groups, securityGroup }: RedisReplicas): void {
  for (const group of groups) addGroupOutputs(stack, group);
  if (securityGroup) {
    const { securityGroupId } = securityGroup;
    output(stack, "security_group_id", "The replicas' own security group", securityGroupId);
  }
}

/** The names of a shard's outputs end with the name of the shard. */
function addGroupOutputs(stack: Construct, { shard, group, bootScript }: ReplicaGroup): void {
  const suffix = shard === undefined ? "" : `_${shard.replace(/-/g, "_")}`;
  output(stack, `group_id${suffix}`, "The Elastigroup's id at Spot", group.groupId);
  output(stack, `name${suffix}`, "The Elastigroup's name", group.groupName);
  if (group.privateIps !== undefined) {
    output(stack, `private_ips${suffix}`, "The addresses that its instances get", group.privateIps);
  }
  output(stack, `user_data_sha256${suffix}`, "SHA-256 of the boot script", group.userDataSha256);
  output(
    stack,
    `settings${suffix}`,
    "The boot script's settings: a plan shows here what its base64 hides",
    Object.fromEntries(
      Object.entries(bootScript.settings).map(([name, value]) => [name, terraformText(value)]),
    ),
  );
}

function output(stack: Construct, id: string, description: string, value: unknown): void {
  new TerraformOutput(stack, id, { description, value, staticId: true });
}
