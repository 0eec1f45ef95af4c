import { Token } from "cdktf";
import { type Constraint } from "../validation/constraint";
import { type Format } from "../validation/formats";

/** An attribute of the group's resource. */
export const ATTRIBUTE: Format = {
  pattern: /^[a-z][a-z0-9_]*$/,
  rule: "be the name of an attribute of spotinst_elastigroup_aws such as cpu_credits",
  noun: "attribute",
};

/** The properties that set an attribute. */
export const PROPERTIES: Readonly<Record<string, string | readonly string[]>> = {
  name: "name",
  region: "region",
  description: "description",
  image_id: "imageId",
  images: "imageId",
  key_name: "keyPair",
  iam_instance_profile: "iamInstanceProfile",
  security_groups: "securityGroupIds",
  tags: "tags",
  resource_tag_specification: "tags",
  availability_zones: "availabilityZones",
  subnet_ids: "availabilityZones",
  preferred_availability_zones: "preferredZones",
  private_ips: "privateIps",
  instance_types_ondemand: "instanceTypes.onDemand",
  on_demand_types: "instanceTypes.onDemand",
  instance_types_spot: "instanceTypes.spot",
  instance_types_preferred_spot: "instanceTypes.preferredSpot",
  resource_requirements: "instanceTypes.resourceRequirements",
  spot_percentage: "strategy.spotPercentage",
  ondemand_count: "strategy.onDemandCount",
  orientation: "strategy.orientation",
  fallback_to_ondemand: "strategy.fallbackToOnDemand",
  revert_to_spot: "strategy.revertToSpot",
  draining_timeout: "strategy.drainingTimeout",
  max_replacements_percentage: "strategy.maxReplacementsPercentage",
  immediate_od_recover_threshold: "strategy.immediateOnDemandRecoverThreshold",
  minimum_instance_lifetime: "strategy.minimumInstanceLifetime",
  utilize_reserved_instances: "strategy.utilizeReservedInstances",
  utilize_commitments: "strategy.utilizeCommitments",
  consider_od_pricing: "strategy.considerOnDemandPricing",
  persist_root_device: "persistence.rootVolume",
  persist_private_ip: "persistence.privateIp",
  persist_block_devices: "persistence.dataVolume",
  block_devices_mode: "dataVolume.mode",
  ebs_block_device: ["rootVolume", "dataVolume"],
  ebs_optimized: "ebsOptimized",
  enable_monitoring: "monitoring",
  metadata_options: ["metadataHopLimit", "instanceMetadataTags"],
  auto_healing: "autoHealing",
  health_check_type: "healthCheck.type",
  health_check_grace_period: "healthCheck.gracePeriod",
  health_check_unhealthy_duration_before_replacement: "healthCheck.unhealthyDuration",
  target_group_arns: "targetGroupArns",
  integration_route53: "route53",
  stateful_deallocation: "deallocation",
  update_policy: "resumePaused",
  lifecycle: ["ignoreChanges", "protect"],
};

/** What sets an attribute: properties, or what this package does with them. */
const SET_ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ...Object.entries(PROPERTIES).map(([name, keys]): [string, string] => [
    name,
    [keys]
      .flat()
      .map((key) => `\`${key}\``)
      .join(" or "),
  ]),
  ["user_data", "the boot script"],
  ...["min_size", "max_size", "desired_capacity"].map((name) => [name, "the number of instances"] as const),
]);

/** What the recovery of a replica rests on, its access to secrets and peers, and the zone sync guard. */
const NOT_IGNORED: ReadonlySet<string> = new Set([
  ...["user_data", "persist_root_device", "persist_private_ip", "persist_block_devices"],
  ...["block_devices_mode", "iam_instance_profile", "security_groups", "availability_zones", "subnet_ids"],
]);

/** What no group of this package has. */
const NEVER_SET: ReadonlyMap<string, string> = new Map([
  ["stateful_instance_action", "every update would repeat it"],
  ["wait_for_capacity", "a timeout taints the group, and the next apply destroys it"],
  ["wait_for_capacity_timeout", "a timeout taints the group, and the next apply destroys it"],
  ["scheduled_task", "it changes the number of instances, or replaces all of them"],
  ...["scaling_up_policy", "scaling_down_policy", "scaling_target_policy"].map(
    (name) => [name, "it changes the number of instances"] as const,
  ),
  ...["capacity_unit", "instance_types_weights"].map(
    (name) => [name, "the capacity is a number of instances"] as const,
  ),
  ...["id", "count", "for_each", "provider", "depends_on", "provisioner", "connection", "dynamic"].map(
    (name) => [name, "it is not an attribute"] as const,
  ),
]);

/** What JSON and state would have in clear text. */
const SECRET = /(^|_)(secret|password|token|access_key|secret_key|private_key)$/;

/** Which attributes `ignoreChanges` may name. */
export function ignoreConstraints(ignored: unknown): Constraint[] {
  if (!Array.isArray(ignored)) return [];
  return ignored.flatMap((name: unknown, index): Constraint[] => {
    if (typeof name !== "string" || !NOT_IGNORED.has(name)) return [];
    const rule = `name another attribute: a change of ${SET_ELSEWHERE.get(name)} would be lost`;
    return [{ path: ["ignoreChanges", index], rule, got: name, holds: false }];
  });
}

/** Which attributes `overrides` may set. */
export function overridesConstraints(overrides: object = {}): Constraint[] {
  return Object.entries(overrides).flatMap(([name, value]): Constraint[] => {
    const path = ["overrides", name];
    const rule = reservedRule(name);
    return rule === undefined
      ? partsConstraints(path, value)
      : [{ path, rule, got: name, ofKey: true, holds: false }];
  });
}

function reservedRule(name: string): string | undefined {
  if (!ATTRIBUTE.pattern.test(name)) return ATTRIBUTE.rule;
  if (SECRET.test(name)) return SECRET_RULE;
  const setter = SET_ELSEWHERE.get(name);
  if (setter !== undefined) return `be left out: ${setter} sets it`;
  const reason = NEVER_SET.get(name);
  return reason === undefined ? undefined : `be left out: ${reason}`;
}

const SECRET_RULE = "be left out: the JSON and the state would have the secret in clear text";

function partsConstraints(path: Constraint["path"], value: unknown): Constraint[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => partsConstraints([...path, index], item));
  if (typeof value !== "object" || value === null || Token.isUnresolved(value)) return [];
  if (Object.keys(value).join() === "variable")
    return [{ path, rule: "be a value: a variable cannot stand here", got: value, holds: false }];
  return Object.entries(value).flatMap(([key, each]): Constraint[] => {
    const part = [...path, key];
    const broken = { path: part, got: key, ofKey: true, holds: false };
    if (!ATTRIBUTE.pattern.test(key)) return [{ ...broken, rule: ATTRIBUTE.rule }];
    return SECRET.test(key) ? [{ ...broken, rule: SECRET_RULE }] : partsConstraints(part, each);
  });
}
