import { type ClusterConfig } from "../config/schema";
import { isVariable, type OrVariable } from "../config/schema/values";
import { rootVolumeOf } from "./rules/facts";
import { type UserDataSize } from "./user-data";

/** What a line or two of the page are about, and the lines. */
export type Fact = readonly [label: string, ...lines: string[]];

type VolumeConfig = Pick<NonNullable<ClusterConfig["dataVolume"]>, "size" | "type" | "encrypted">;

/** What a config comes to, line by line. */
export function overview(config: ClusterConfig, userData: UserDataSize): Fact[] {
  return [
    ["Region", config.region],
    ["Machine image", show(config.imageId)],
    ["Zones", ...zones(config)],
    ["Types", ...types(config)],
    ["Security groups", securityGroups(config)],
    ["Group", group(config)],
    ["Masters", masters(config)],
    ["Redis", redis(config)],
    ["Failover", failover(config)],
    ["Persists", persists(config)],
    ["Root volume", rootVolume(config)],
    ...(config.dataVolume ? [["Data volume", dataVolume(config.dataVolume)] as const] : []),
    ["User data", showSize(userData)],
  ];
}

function securityGroups({ securityGroupIds, network }: ClusterConfig): string {
  const own = network ? ["one of their own (`network`)"] : [];
  return [...(securityGroupIds ? [list(securityGroupIds)] : []), ...own].join(", ");
}

function types({
  instanceTypes: { onDemand, spot, preferredSpot, resourceRequirements },
}: ClusterConfig): string[] {
  const preferred = preferredSpot === undefined ? [] : [`of these preferred ${list(preferredSpot)}`];
  const any = resourceRequirements && [
    `spot any type of ${resourceRequirements.minMemory} to ${resourceRequirements.maxMemory} GiB and ` +
      `${resourceRequirements.minVcpus} to ${resourceRequirements.maxVcpus} vCPUs`,
  ];
  return [...(spot ? [`spot ${list(spot)}`] : (any ?? [])), ...preferred, `on demand ${show(onDemand)}`];
}

function zones({ availabilityZones }: ClusterConfig): string[] {
  if (isVariable(availabilityZones)) return [show(availabilityZones)];
  return Object.entries(availabilityZones).map(([zone, subnets]) => `${zone}: ${list(subnets)}`);
}

const PICKED_BY = {
  availability: "least likely to be interrupted",
  balanced: "cheap and unlikely to be interrupted",
  cost: "cheapest",
  equalZones: "spread evenly over the zones",
};

function group({ replicas, shards, strategy = {} }: ClusterConfig): string {
  const noun = replicas === 1 ? "replica" : "replicas";
  const count = shards
    ? `a group for each shard (${shards.map((each) => `${each.name}: ${show(each.replicas)}`).join(", ")})`
    : `${show(replicas ?? 0)} ${noun}`;
  return `${count} on spot instances, ${PICKED_BY[strategy.orientation ?? "availability"]}`;
}

function masters({ masters, redis = {} }: ClusterConfig): string {
  const { port = 6379, busPort = port + 10_000 } = redis;
  return `${list(masters)}, port ${port}, cluster bus ${busPort}`;
}

function redis({ redis = {} }: ClusterConfig): string {
  if (redis.install === "image") return "the machine image's own";
  if (redis.install === "package")
    return `the distribution's package${redis.package ? ` ${redis.package}` : ""}`;
  return `${redis.version ?? "7.2.15"}, built from source on the first boot${redis.url ? ` (${redis.url})` : ""}`;
}

function failover({ failover = "allowed" }: ClusterConfig): string {
  return failover === "allowed"
    ? "a replica that has caught up may be promoted when its master fails"
    : "no replica is ever promoted: the shard waits for its master";
}

function persists({ persistence = {}, dataVolume: volume }: ClusterConfig): string {
  const { rootVolume = true, privateIp = true, dataVolume = true } = persistence;
  if (volume !== undefined) {
    const parts = { "data volume": dataVolume, "root volume": rootVolume, "private IP": privateIp };
    const named = (kept: boolean): string[] =>
      Object.entries(parts).flatMap(([part, is]) => (is === kept ? [part] : []));
    const gone = named(false).map((part) => `not the ${part}`);
    return [...named(true), ...gone].join(", ");
  }
  if (rootVolume && privateIp) return "root volume and private IP";
  return rootVolume ? "root volume, not the private IP" : "private IP, not the root volume";
}

function rootVolume(config: ClusterConfig): string {
  const { size, ...rest } = rootVolumeOf(config) ?? {};
  return size === undefined ? "as in the image" : volume({ size, ...rest });
}

function volume({ size, type = "gp3", encrypted = true }: VolumeConfig): string {
  return `${show(size)} GiB, ${type}, ${encrypted ? "encrypted" : "not encrypted"}`;
}

function dataVolume({
  mode = "reattach",
  snapshotId,
  ...rest
}: NonNullable<ClusterConfig["dataVolume"]>): string {
  const how =
    mode === "reattach" ? "attached again after the boot" : "made from its latest snapshot at each launch";
  return `${volume(rest)}, with Redis's data, ${how}${snapshotId === undefined ? "" : `; the first from ${show(snapshotId)}`}`;
}

function list(value: OrVariable<readonly OrVariable<string>[]>): string {
  return isVariable(value) ? show(value) : value.map(show).join(", ");
}

function show(value: OrVariable<string | number>): string {
  return isVariable(value) ? `\${var.${value.variable}}` : String(value);
}

function showSize({ gzipped, limit }: UserDataSize): string {
  if (gzipped === undefined)
    return `measured by the plan, for it holds variables; at most ${thousands(limit)} bytes after gzip`;
  return `${thousands(gzipped)} of ${thousands(limit)} bytes after gzip`;
}

function thousands(bytes: number): string {
  return String(bytes).replace(/\B(?=(\d{3})+$)/g, ",");
}
