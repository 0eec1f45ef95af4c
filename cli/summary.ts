import { type ClusterConfig } from "../config/schema";
import { isInZone } from "../config/schema/masters";
import { type SecretSourceConfig } from "../config/schema/secret-source";
import { isVariable, type OrVariable } from "../config/schema/values";
import { busPortOf, REDIS_PORT } from "../constructs/access/redis-ports";
import { DEFAULT_USERNAME } from "../constructs/redis/auth";
import { DEFAULT_VERSIONS, ENGINE_LABELS } from "../constructs/redis/server-release";
import { REFRESH_MINUTES } from "../constructs/validation/limits";
import { rootVolumeOf } from "./rules/facts";
import { type UserDataSize } from "./user-data";

/** A label, and the lines of its value. */
export type Fact = readonly [label: string, ...lines: string[]];

type VolumeConfig = Pick<NonNullable<ClusterConfig["dataVolume"]>, "size" | "type" | "encrypted">;

/** What will be deployed. */
export function summary(config: ClusterConfig, userData: UserDataSize): Fact[] {
  return [
    ["Region", config.region],
    ["Image", show(config.imageId)],
    ["Zones", ...zones(config)],
    ["Types", ...types(config)],
    ["Security groups", securityGroups(config)],
    ["Group", group(config)],
    ["Masters", masters(config)],
    [ENGINE_LABELS[config.redis?.engine ?? "redis"], server(config)],
    ...(config.auth ? [["AUTH", auth(config.auth)] as const] : []),
    ...(config.tls ? [["TLS", tls(config.tls)] as const] : []),
    ["Failover", failover(config)],
    ["Kept", kept(config)],
    ["Root volume", rootVolume(config)],
    ...(config.dataVolume ? [["Data volume", dataVolume(config.dataVolume)] as const] : []),
    ...(config.ignoreChanges ? [["Ignored changes", list(config.ignoreChanges)] as const] : []),
    ...(config.overrides ? [["Overrides", Object.keys(config.overrides).join(", ")] as const] : []),
    ["User data", showSize(userData)],
  ];
}

function securityGroups({ securityGroupIds, network }: ClusterConfig): string {
  const own = network ? ["one for the replicas (`network`)"] : [];
  return [...(securityGroupIds ? [list(securityGroupIds)] : []), ...own].join(", ");
}

function types({
  instanceTypes: { onDemand, spot, preferredSpot, resourceRequirements },
}: ClusterConfig): string[] {
  const preferred = preferredSpot === undefined ? [] : [`preferred ${list(preferredSpot)}`];
  const any = resourceRequirements && [
    `spot any type of ${resourceRequirements.minMemory} to ${resourceRequirements.maxMemory} GiB and ` +
      `${resourceRequirements.minVcpus} to ${resourceRequirements.maxVcpus} vCPUs`,
  ];
  return [
    ...(spot ? [`spot ${list(spot)}`] : (any ?? [])),
    ...preferred,
    `on-demand ${Array.isArray(onDemand) ? list(onDemand) : show(onDemand)}`,
  ];
}

function zones({ availabilityZones }: ClusterConfig): string[] {
  if (isVariable(availabilityZones)) return [show(availabilityZones)];
  return Object.entries(availabilityZones).map(([zone, subnets]) => `${zone}: ${list(subnets)}`);
}

const ORIENTATIONS = {
  availability: "picked by availability",
  balanced: "picked by availability and price",
  cost: "picked by price",
  equalZones: "spread evenly over the zones",
};

function group({ replicas, shards, strategy = {} }: ClusterConfig): string {
  const noun = replicas === 1 ? "replica" : "replicas";
  const count = shards
    ? `one group for each shard (${shards.map((each) => `${each.name}: ${show(each.replicas)}`).join(", ")})`
    : `${show(replicas ?? 0)} ${noun}`;
  const each = shards ? " in each group" : "";
  return `${count}${share(strategy, each)}, ${ORIENTATIONS[strategy.orientation ?? "availability"]}`;
}

function share(
  { onDemandCount, spotPercentage }: NonNullable<ClusterConfig["strategy"]>,
  each: string,
): string {
  if (onDemandCount !== undefined)
    return `, ${show(onDemandCount)} of them on-demand${each} and the others on spot instances`;
  return spotPercentage === undefined
    ? " on spot instances"
    : `, ${show(spotPercentage)} % of them${each} on spot instances`;
}

function masters({ masters, redis = {} }: ClusterConfig): string {
  const { port = REDIS_PORT, busPort } = redis;
  const shown = isVariable(masters)
    ? show(masters)
    : masters
        .map((each) => (isInZone(each) ? `${show(each.host)} (${show(each.zone)})` : show(each)))
        .join(", ");
  return `${shown}, port ${port}, cluster bus ${busPortOf(port, busPort)}`;
}

function server({ redis = {} }: ClusterConfig): string {
  if (redis.install === "image") return "as installed in the image";
  if (redis.install === "package")
    return `package of the distribution${redis.package ? ` ${redis.package}` : ""}`;
  return `${redis.version ?? DEFAULT_VERSIONS[redis.engine ?? "redis"]}, built from source on the first boot${redis.url ? ` (${redis.url})` : ""}`;
}

function auth({
  username = DEFAULT_USERNAME,
  password,
  aclFile,
  refreshMinutes = REFRESH_MINUTES.default,
}: NonNullable<ClusterConfig["auth"]>): string {
  const lists = aclFile === undefined ? "" : `, ACL file from ${source(aclFile)}`;
  return `user ${show(username)}, password from ${source(password)}${lists}, read every ${refreshMinutes} minutes`;
}

function tls({ certificate, clientAuth = "required" }: NonNullable<ClusterConfig["tls"]>): string {
  return `certificate from ${source(certificate)}, client certificates ${clientAuth === "none" ? "not requested" : clientAuth}`;
}

function source({ secretsManager, parameter, file = "" }: SecretSourceConfig): string {
  return show(secretsManager ?? parameter ?? file);
}

function failover({ failover = "allowed" }: ClusterConfig): string {
  return failover === "allowed"
    ? "allowed: a replica that has caught up can be promoted when its master fails"
    : "never: the shard waits for its master";
}

function kept({ persistence = {}, dataVolume: volume }: ClusterConfig): string {
  const { rootVolume = true, privateIp = true, dataVolume = true } = persistence;
  if (volume !== undefined) {
    const parts = { "data volume": dataVolume, "root volume": rootVolume, "private IP": privateIp };
    const named = (isKept: boolean): string[] =>
      Object.entries(parts).flatMap(([part, is]) => (is === isKept ? [part] : []));
    const lost = named(false).map((part) => `not the ${part}`);
    return [...named(true), ...lost].join(", ");
  }
  if (rootVolume && privateIp) return "root volume and private IP";
  return rootVolume ? "root volume, not the private IP" : "private IP, not the root volume";
}

function rootVolume(config: ClusterConfig): string {
  const { size, ...rest } = rootVolumeOf(config) ?? {};
  if (size === undefined) return "as in the image";
  const note =
    config.rootVolume?.size === undefined ? " (default size, applied when the group is created)" : "";
  return `${volume({ size, ...rest })}${note}`;
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
    mode === "reattach" ? "re-attached after each boot" : "created from its latest snapshot at each launch";
  return `${volume(rest)}, holds Redis's data, ${how}${snapshotId === undefined ? "" : `; the first one from ${show(snapshotId)}`}`;
}

function list(value: OrVariable<readonly OrVariable<string>[]>): string {
  return isVariable(value) ? show(value) : value.map(show).join(", ");
}

function show(value: OrVariable<string | number>): string {
  return isVariable(value) ? `\${var.${value.variable}}` : String(value);
}

function showSize({ gzipped, limit }: UserDataSize): string {
  if (gzipped === undefined)
    return `checked by the plan, since it has variables; at most ${thousands(limit)} bytes after gzip`;
  return `${thousands(gzipped)} of ${thousands(limit)} bytes after gzip`;
}

function thousands(bytes: number): string {
  return String(bytes).replace(/\B(?=(\d{3})+$)/g, ",");
}
