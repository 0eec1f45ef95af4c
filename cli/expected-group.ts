import {
  type ExpectedGroup,
  type ExpectedProperty,
  type GroupAttribute,
} from "../cluster/spot/group-difference";
import { type ClusterConfig } from "../config/schema";
import { isVariable } from "../config/schema/values";

/**
 * What a config sets of its group of a name. Attributes that are ignored or overridden in the config are left out: Terraform
 * does not set them from its keys.
 */
export function expectedGroup(config: ClusterConfig, name: string): ExpectedGroup {
  const { persistence = {}, instanceTypes, availabilityZones: zones, dataVolume } = config;
  const shard = config.shards?.find((each) => name === `${config.name}-${each.name}`);
  const { onDemand, spot } = instanceTypes;
  const properties = [
    shard
      ? property(`shards.${shard.name}.replicas`, "desired_capacity", shard.replicas)
      : property("replicas", "desired_capacity", config.replicas),
    property("region", "region", config.region),
    property("imageId", "image_id", config.imageId),
    property(
      "instanceTypes.onDemand",
      Array.isArray(onDemand) ? "on_demand_types" : "instance_types_ondemand",
      onDemand,
    ),
    ...(spot === undefined ? [] : [property("instanceTypes.spot", "instance_types_spot", spot)]),
    property("availabilityZones", "availability_zones", hasVariable(zones) ? undefined : subnetsOf(zones)),
    property("persistence.rootVolume", "persist_root_device", persistence.rootVolume ?? true),
    property(
      "persistence.dataVolume",
      "persist_block_devices",
      dataVolume !== undefined && (persistence.dataVolume ?? true),
    ),
    property("persistence.privateIp", "persist_private_ip", persistence.privateIp ?? true),
  ];
  const left = [...(config.ignoreChanges ?? []), ...Object.keys(config.overrides ?? {})];
  return { name, properties: properties.filter(({ attribute }) => !left.includes(attribute)) };
}

function property(key: string, attribute: GroupAttribute, value: unknown): ExpectedProperty {
  if (value === undefined || hasVariable(value)) return { key, attribute, values: undefined };
  return { key, attribute, values: (Array.isArray(value) ? value : [value]) as ExpectedProperty["values"] };
}

function subnetsOf(zones: object): string[] {
  return Object.entries(zones as Readonly<Record<string, readonly string[]>>).flatMap(([zone, subnets]) =>
    subnets.map((subnet) => `${zone}/${subnet}`),
  );
}

function hasVariable(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isVariable(value) || Object.values(value).some(hasVariable);
}
