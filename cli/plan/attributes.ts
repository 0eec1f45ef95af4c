import { replacementBy, STEERING } from "./replacement";
import { type Attributes } from "./terraform-plan";

/** When a changed attribute of a group reaches a replica that runs. */
export type Reach =
  /** It steers how Spot runs the group. */
  | "group"
  /** The same, and Spot may then replace replicas that run. */
  | "may replace"
  | "at once"
  | "next recycle"
  /** Never where the root volume is kept. */
  | "fresh root"
  /** Only replicas that have no address yet. */
  | "new replicas"
  /** It says how many replicas there are. */
  | "capacity"
  /** The provider or Spot answers an error. */
  | "refused"
  /** It is used when the group is destroyed. */
  | "destruction"
  /** It steers how Terraform makes an update. */
  | "terraform"
  /** Nobody documents it. */
  | "unsure"
  /** It says the same in other bytes. */
  | "nothing";

type Rule = Reach | ((after: Attributes, before: Attributes) => Reach);

const image: Rule = ({ persist_root_device }) =>
  persist_root_device === true ? "fresh root" : "next recycle";

/** An address belongs to a subnet: who keeps one stays, but what if the group leaves that subnet? */
const place =
  (attribute: string): Rule =>
  (after, before) => {
    if (after["persist_private_ip"] !== true) return "next recycle";
    return leftPlaces(before[attribute], after[attribute]).length === 0 ? "new replicas" : "unsure";
  };

/** A kept root comes from its own image; what Spot makes of other settings for it is not documented. */
const volumes: Rule = ({ persist_root_device, persist_block_devices }) =>
  persist_root_device === true || persist_block_devices === true ? "unsure" : "next recycle";

/** Less of what lets Spot replace is harmless. */
const steering =
  (attribute: string): Rule =>
  (after, before) =>
    replacementBy(attribute, after, before) === undefined ? "group" : "may replace";

const REACHES: Readonly<Record<Reach, readonly string[]>> = {
  group: [
    ...["name", "description", "fallback_to_ondemand", "draining_timeout", "min_size", "max_size"],
    ...["preferred_availability_zones", "immediate_od_recover_threshold", "max_replacements_percentage"],
    ...["minimum_instance_lifetime", "lifetime_period", "scaling_strategy", "logging", "itf"],
    ...["integration_beanstalk", "integration_codedeploy", "integration_docker_swarm", "integration_ecs"],
    ...["integration_gitlab", "integration_kubernetes", "integration_mesosphere", "integration_nomad"],
    ...["integration_rancher", "integration_route53"],
  ],
  "may replace": [],
  "at once": ["stateful_instance_action"],
  "next recycle": [
    ...["user_data", "shutdown_script", "security_groups", "iam_instance_profile", "key_name"],
    ...["instance_types_ondemand", "on_demand_types", "instance_types_spot", "instance_types_preferred_spot"],
    ...["instance_types_weights", "resource_requirements", "ebs_optimized", "enable_monitoring"],
    ...["placement_tenancy", "cpu_credits", "cpu_options", "metadata_options", "resource_tag_specification"],
    ...["network_interface", "ephemeral_block_device", "signal"],
    ...["persist_root_device", "persist_private_ip", "persist_block_devices", "block_devices_mode"],
  ],
  "fresh root": [],
  "new replicas": ["private_ips"],
  capacity: ["desired_capacity"],
  refused: ["product", "capacity_unit"],
  destruction: ["stateful_deallocation"],
  nothing: [],
  terraform: ["update_policy", "wait_for_capacity", "wait_for_capacity_timeout"],
  unsure: [
    ...["region", "spot_percentage", "ondemand_count", "restrict_single_az"],
    ...["elastic_ips", "elastic_load_balancers", "target_group_arns"],
  ],
};

const RULES = new Map<string, Rule>([
  ...Object.entries(REACHES).flatMap(([reach, names]) =>
    names.map((name) => [name, reach as Reach] as const),
  ),
  ...STEERING.map((attribute) => [attribute, steering(attribute)] as const),
  ["image_id", image],
  ["images", image],
  ["availability_zones", place("availability_zones")],
  ["subnet_ids", place("subnet_ids")],
  ["ebs_block_device", volumes],
  // The provider then asks Spot to tag what runs.
  ["tags", (after) => (updatePolicy(after)["auto_apply_tags"] === true ? "at once" : "next recycle")],
]);

/** Whether an attribute of the provider is one that we know. */
export function isKnown(attribute: string): boolean {
  return RULES.has(attribute);
}

/** When a change of an attribute reaches a running replica of a group that is then as `after` says. */
export function reachOf(attribute: string, after: Attributes, before: Attributes): Reach {
  const rule = RULES.get(attribute) ?? "unsure";
  return typeof rule === "function" ? rule(after, before) : rule;
}

/** The subnets that a list of `zone:subnet` loses, whatever else its items say. */
export function leftPlaces(before: unknown, after: unknown): string[] {
  const placeOf = (item: string): string => item.split(":").slice(0, 2).join(":");
  const kept = new Set(strings(after).map(placeOf));
  return [...new Set(strings(before).map(placeOf))].filter((item) => !kept.has(item));
}

/** The texts in a list; none where it is no list. */
export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

/** The block that steers updates; empty where there is none. */
export function updatePolicy({ update_policy }: Attributes): Attributes {
  const [policy] = Array.isArray(update_policy) ? (update_policy as Attributes[]) : [];
  return policy ?? {};
}
