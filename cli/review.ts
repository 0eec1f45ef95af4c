import { type Command } from "commander";
import { loadConfigs, type LoadedConfig } from "../config/load";
import { type ClusterConfig, isVariable, type OrVariable } from "../config/schema";
import { type RedisReplicasStack } from "../constructs";
import { withStacks } from "./assembly";
import { type Context, EXIT, type Exit } from "./command";
import { interruptionStory } from "./interruption";
import { type Output } from "./output";
import { sizeToJson, userDataSize, type UserDataSize } from "./user-data";
import { WARNINGS } from "./warnings";

/** Width of the facts' names. */
const MARGIN = 16;

export function define(command: Command): void {
  command.addHelpText("after", "\nIt talks to no cluster and no account, and writes nothing.");
}

/** Validates, then says what the config comes to. */
export function run({ files, output }: Context): Exit {
  const loaded = loadConfigs(files);
  const sizes = withStacks(loaded, (stacks) =>
    stacks.map((stack: RedisReplicasStack) => userDataSize(stack)),
  );
  const reviews = loaded.map((each, index) => review(each, sizes[index]!));
  for (const { file, warnings } of reviews) for (const message of warnings) output.warn({ file, message });
  output.data(reviews.map((each) => page(each, output)).join("\n"), { clusters: reviews.map(toJson) });
  return EXIT.fine;
}

interface Review {
  readonly file: string;
  readonly config: ClusterConfig;
  readonly interruption: readonly string[];
  readonly userData: UserDataSize;
  readonly warnings: readonly string[];
}

/** What a line or two of the page are about, and the lines. */
type Fact = readonly [label: string, ...lines: string[]];

function review({ config, source }: LoadedConfig, userData: UserDataSize): Review {
  return {
    file: source.file,
    config,
    interruption: interruptionStory(config),
    userData,
    warnings: WARNINGS.flatMap((rule) => rule(config)),
  };
}

function facts(config: ClusterConfig, userData: UserDataSize): Fact[] {
  return [
    ["Region", config.region],
    ["Machine image", show(config.imageId)],
    ["Zones", ...zones(config)],
    ["Types", ...types(config)],
    ["Security groups", list(config.securityGroupIds)],
    ["Group", group(config)],
    ["Masters", masters(config)],
    ["Redis", redis(config)],
    ["Failover", failover(config)],
    ["Persists", persists(config)],
    ["User data", showSize(userData)],
  ];
}

function types({ instanceTypes: { onDemand, spot, preferredSpot } }: ClusterConfig): string[] {
  const preferred = preferredSpot === undefined ? [] : [`of these preferred ${list(preferredSpot)}`];
  return [`spot ${list(spot)}`, ...preferred, `on demand ${show(onDemand)}`];
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

function group({ replicas, strategy = {} }: ClusterConfig): string {
  const noun = replicas === 1 ? "replica" : "replicas";
  return `${show(replicas)} ${noun} on spot instances, ${PICKED_BY[strategy.orientation ?? "availability"]}`;
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

function persists({ persistence = {} }: ClusterConfig): string {
  const { rootVolume = true, privateIp = true } = persistence;
  if (rootVolume && privateIp) return "root volume and private IP";
  return rootVolume ? "root volume, not the private IP" : "private IP, not the root volume";
}

function list(value: OrVariable<readonly OrVariable<string>[]>): string {
  return isVariable(value) ? show(value) : value.map(show).join(", ");
}

function show(value: OrVariable<string | number>): string {
  return isVariable(value) ? `\${var.${value.variable}}` : String(value);
}

function page({ file, config, interruption, userData }: Review, output: Output): string {
  return [
    output.heading(`${config.name} (${file})`),
    ...facts(config, userData).flatMap(([label, ...lines]) =>
      lines.map((line, index) => `  ${(index === 0 ? label : "").padEnd(MARGIN)} ${line}`),
    ),
    "",
    output.heading("When an instance is interrupted"),
    ...interruption.map((sentence) => `  ${sentence}`),
    "",
  ].join("\n");
}

function showSize({ gzipped, limit }: UserDataSize): string {
  if (gzipped === undefined)
    return `measured by the plan, for it holds variables; at most ${thousands(limit)} bytes after gzip`;
  return `${thousands(gzipped)} of ${thousands(limit)} bytes after gzip`;
}

function thousands(bytes: number): string {
  return String(bytes).replace(/\B(?=(\d{3})+$)/g, ",");
}

function toJson({ file, config, interruption, userData, warnings }: Review): Record<string, unknown> {
  return { file, config, user_data: sizeToJson(userData), interruption, warnings };
}
