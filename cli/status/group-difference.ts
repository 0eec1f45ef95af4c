import { type SpotGroup } from "../../cluster/spot/group";
import { type ClusterConfig } from "../../config/schema";
import { isVariable } from "../../config/schema/values";

/** A property that is one in the config, and another in the group that Spot has. */
export interface GroupDifference {
  /** The key of the config. */
  readonly property: string;
  readonly config: string;
  readonly group: string;
}

/** The differences, and the keys whose values only Terraform knows. */
export interface Comparison {
  readonly differences: readonly GroupDifference[];
  readonly notCompared: readonly string[];
}

/** A key, the attribute of Terraform, and both values. A list is compared without its order. */
type Pair = readonly [key: string, attribute: string, config: unknown, group: unknown];

/**
 * Compares a config with a group of it. Attributes that are ignored or overridden in the config are left out: Terraform
 * does not set them from its keys.
 */
export function compareGroup(config: ClusterConfig, group: SpotGroup): Comparison {
  const left = [...(config.ignoreChanges ?? []), ...Object.keys(config.overrides ?? {})];
  const pairs = pairsOf(config, group).filter(([, attribute]) => !left.includes(attribute));
  const isKnown = ([, , wanted]: Pair): boolean => !hasVariable(wanted);
  return {
    differences: pairs
      .filter(isKnown)
      .map(([property, , wanted, found]) => ({ property, config: show(wanted), group: show(found) }))
      .filter((pair) => pair.config !== pair.group),
    notCompared: pairs.filter((pair) => !isKnown(pair)).map(([key]) => key),
  };
}

function pairsOf(config: ClusterConfig, group: SpotGroup): Pair[] {
  const { persistence = {}, instanceTypes, availabilityZones: zones } = config;
  const { compute = {}, strategy = {}, capacity } = group;
  const kept = strategy.persistence ?? {};
  const shard = config.shards?.find(({ name }) => group.name === `${config.name}-${name}`);
  const { onDemand, spot } = instanceTypes;
  const types = compute.instanceTypes ?? {};
  const hasVolume = config.dataVolume !== undefined;
  return [
    [
      shard ? `shards.${shard.name}.replicas` : "replicas",
      "desired_capacity",
      shard ? shard.replicas : config.replicas,
      capacity.target,
    ],
    ["region", "region", config.region, group.region ?? config.region],
    ["imageId", "image_id", config.imageId, compute.launchSpecification?.imageId],
    [
      "instanceTypes.onDemand",
      Array.isArray(onDemand) ? "on_demand_types" : "instance_types_ondemand",
      Array.isArray(onDemand) ? onDemand : [onDemand],
      types.onDemandTypes ?? [types.ondemand],
    ],
    ...(spot === undefined
      ? []
      : [["instanceTypes.spot", "instance_types_spot", spot, types.spot ?? []] as const]),
    ...zonePairs(zones, compute.availabilityZones),
    [
      "persistence.rootVolume",
      "persist_root_device",
      persistence.rootVolume ?? true,
      kept.shouldPersistRootDevice ?? false,
    ],
    [
      "persistence.dataVolume",
      "persist_block_devices",
      hasVolume && (persistence.dataVolume ?? true),
      kept.shouldPersistBlockDevices ?? false,
    ],
    [
      "persistence.privateIp",
      "persist_private_ip",
      persistence.privateIp ?? true,
      kept.shouldPersistPrivateIp ?? false,
    ],
  ];
}

type Zones = NonNullable<SpotGroup["compute"]>["availabilityZones"];

function zonePairs(wanted: ClusterConfig["availabilityZones"], found: Zones = []): Pair[] {
  const listed = found.flatMap(({ name, subnetIds = [] }) => subnetIds.map((subnet) => `${name}/${subnet}`));
  if (isVariable(wanted) || hasVariable(wanted))
    return [["availabilityZones", "availability_zones", { variable: "" }, listed]];
  const subnets = Object.entries(wanted).flatMap(([zone, ids]) =>
    (ids as string[]).map((id) => `${zone}/${id}`),
  );
  // The order of subnets has no meaning.
  return [["availabilityZones", "availability_zones", subnets, listed]];
}

function hasVariable(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isVariable(value) || Object.values(value).some(hasVariable);
}

function show(value: unknown): string {
  if (Array.isArray(value)) return [...(value as unknown[])].map(String).sort().join(", ");
  if (value === undefined) return "none";
  return typeof value === "string" ? value : JSON.stringify(value);
}
