import { replacementBy, STEERING } from "./replacement";
import { type Attributes } from "./terraform-plan";

/** When a changed attribute of a group affects a running replica. */
export type Impact =
  /** It sets how Spot runs the group. */
  | "group_settings"
  /** The same, and Spot can then replace running replicas. */
  | "may_replace"
  | "immediate"
  | "next_recycle"
  /** Only with a new root volume; never where it is kept. */
  | "new_root_volume"
  /** Only replicas that have no address yet. */
  | "new_replicas"
  /** It sets the number of replicas. */
  | "capacity"
  /** The provider or Spot returns an error. */
  | "refused"
  /** It is used when the group is destroyed. */
  | "on_destroy"
  /** It sets how Terraform makes an update. */
  | "terraform_only"
  | "undocumented"
  /** Other bytes with the same meaning. */
  | "none";

type ImpactRule = Impact | ((after: Attributes, before: Attributes) => Impact);

const image: ImpactRule = ({ persist_root_device }) =>
  persist_root_device === true ? "new_root_volume" : "next_recycle";

/** An address belongs to a subnet: a replica that keeps it stays there. For a subnet that is removed this is not documented. */
const subnets =
  (attribute: string): ImpactRule =>
  (after, before) => {
    if (after["persist_private_ip"] !== true) return "next_recycle";
    return removedSubnets(before[attribute], after[attribute]).length === 0 ? "new_replicas" : "undocumented";
  };

/** A kept root volume comes from its own image. How Spot applies other settings to it is not documented. */
const volumes: ImpactRule = ({ persist_root_device, persist_block_devices }) =>
  persist_root_device === true || persist_block_devices === true ? "undocumented" : "next_recycle";

/** Fewer reasons to replace do not affect running replicas. */
const steering =
  (attribute: string): ImpactRule =>
  (after, before) =>
    replacementBy(attribute, after, before) === undefined ? "group_settings" : "may_replace";

const IMPACTS: Readonly<Record<Impact, readonly string[]>> = {
  group_settings: [
    ...["name", "description", "fallback_to_ondemand", "draining_timeout", "min_size", "max_size"],
    ...["preferred_availability_zones", "immediate_od_recover_threshold", "max_replacements_percentage"],
    ...["minimum_instance_lifetime", "lifetime_period", "scaling_strategy", "logging", "itf"],
    ...["integration_beanstalk", "integration_codedeploy", "integration_docker_swarm", "integration_ecs"],
    ...["integration_gitlab", "integration_kubernetes", "integration_mesosphere", "integration_nomad"],
    ...["integration_rancher", "integration_route53"],
  ],
  may_replace: [],
  immediate: ["stateful_instance_action"],
  next_recycle: [
    ...["user_data", "shutdown_script", "security_groups", "iam_instance_profile", "key_name"],
    ...["instance_types_ondemand", "on_demand_types", "instance_types_spot", "instance_types_preferred_spot"],
    ...["instance_types_weights", "resource_requirements", "ebs_optimized", "enable_monitoring"],
    ...["placement_tenancy", "cpu_credits", "cpu_options", "metadata_options", "resource_tag_specification"],
    ...["network_interface", "ephemeral_block_device", "signal"],
    ...["persist_root_device", "persist_private_ip", "persist_block_devices", "block_devices_mode"],
  ],
  new_root_volume: [],
  new_replicas: ["private_ips"],
  capacity: ["desired_capacity"],
  refused: ["product", "capacity_unit"],
  on_destroy: ["stateful_deallocation"],
  none: [],
  terraform_only: ["update_policy", "wait_for_capacity", "wait_for_capacity_timeout"],
  undocumented: [
    ...["region", "spot_percentage", "ondemand_count", "restrict_single_az"],
    ...["elastic_ips", "elastic_load_balancers", "target_group_arns"],
  ],
};

const RULES = new Map<string, ImpactRule>([
  ...Object.entries(IMPACTS).flatMap(([impact, names]) =>
    names.map((name) => [name, impact as Impact] as const),
  ),
  ...STEERING.map((attribute) => [attribute, steering(attribute)] as const),
  ["image_id", image],
  ["images", image],
  ["availability_zones", subnets("availability_zones")],
  ["subnet_ids", subnets("subnet_ids")],
  ["ebs_block_device", volumes],
  // The provider then has Spot tag what is running.
  ["tags", (after) => (updatePolicy(after)["auto_apply_tags"] === true ? "immediate" : "next_recycle")],
]);

/** Whether an attribute of the provider is known here. */
export function isKnown(attribute: string): boolean {
  return RULES.has(attribute);
}

/** When a change of an attribute affects a running replica. */
export function impactOf(attribute: string, after: Attributes, before: Attributes): Impact {
  const rule = RULES.get(attribute) ?? "undocumented";
  return typeof rule === "function" ? rule(after, before) : rule;
}

/** The `zone:subnet` that a list loses, whatever else its items have. */
export function removedSubnets(before: unknown, after: unknown): string[] {
  const subnetOf = (item: string): string => item.split(":").slice(0, 2).join(":");
  const kept = new Set(strings(after).map(subnetOf));
  return [...new Set(strings(before).map(subnetOf))].filter((item) => !kept.has(item));
}

/** The texts in a list; none if it is not a list. */
export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

/** The block `update_policy`; empty where there is none. */
export function updatePolicy({ update_policy }: Attributes): Attributes {
  const [policy] = Array.isArray(update_policy) ? (update_policy as Attributes[]) : [];
  return policy ?? {};
}
