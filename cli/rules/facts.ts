import {
  DATA_SHARE,
  defaultRootVolumeSize,
  hasDefaultSize,
} from "../../constructs/redis/default-root-volume";
import { memoryOf } from "../../constructs/elastigroup/instance-type";
import { GP3 } from "../../constructs/validation/limits";
import { bytesOf, GIB } from "../../constructs/redis/memory-size";
import { type ClusterConfig } from "../../config/schema";
import { isVariable } from "../../config/schema/values";

/** What the command line and the environment add to a config. */
export interface Environment {
  /** Bytes that a master's data takes (`--memory`). */
  readonly memory?: number;
  /** Whether a pipeline runs this. */
  readonly inPipeline: boolean;
}

/** A volume of the config. */
export interface VolumeFacts {
  /** In GiB; undefined where it is known only to Terraform. */
  readonly size: number | undefined;
  readonly type: string;
  /** Undefined where the config sets none. */
  readonly iops: number | undefined;
  /** In MiB/s; undefined for types whose throughput follows their size. */
  readonly throughput: number | undefined;
  readonly encrypted: boolean;
}

/** One Elastigroup of the config. */
export interface GroupFacts {
  /** Its shard, where there is one group for each. */
  readonly shard: string | undefined;
  readonly replicas: number;
}

/** The size of the data, and where it is set. */
export interface DataFacts {
  readonly gib: number;
  readonly source: string;
}

/** What rules check: the config with its defaults; undefined is what is known only to Terraform. */
export interface Facts {
  readonly config: ClusterConfig;
  readonly zones: readonly string[] | undefined;
  /** Those whose replicas are known. */
  readonly groups: readonly GroupFacts[];
  readonly onDemand: readonly string[] | undefined;
  readonly spot: readonly string[] | undefined;
  /** Every type that is known, once. */
  readonly types: readonly string[];
  readonly orientation: string;
  readonly keepsRoot: boolean;
  readonly keepsAddress: boolean;
  /** Undefined where it is as in the image: with a data volume and no settings. */
  readonly rootVolume: VolumeFacts | undefined;
  /** Undefined where Redis's data is on the root volume. */
  readonly dataVolume: VolumeFacts | undefined;
  /** Whether the volume that has the data is kept. */
  readonly keepsData: boolean;
  readonly data: DataFacts | undefined;
  readonly inPipeline: boolean;
}

/** The size of the data in GiB; without one, what the smallest type has room for. Undefined if neither is known. */
export function assumedGib({ data, types }: Pick<Facts, "data" | "types">): number | undefined {
  if (data) return data.gib;
  const memory = withMemory(types).map(({ gib }) => gib);
  return memory.length === 0 ? undefined : Math.min(...memory) * DATA_SHARE;
}

/** The facts about one config. */
export function factsOf(config: ClusterConfig, { memory, inPipeline }: Environment): Facts {
  const { persistence = {}, strategy = {}, instanceTypes } = config;
  const onDemand = known([instanceTypes.onDemand].flat());
  const spot = known(instanceTypes.spot);
  return {
    config,
    zones: isVariable(config.availabilityZones) ? undefined : Object.keys(config.availabilityZones),
    groups: groupsOf(config),
    onDemand,
    spot,
    types: [...new Set([...(onDemand ?? []), ...(spot ?? [])])],
    orientation: strategy.orientation ?? "availability",
    keepsRoot: persistence.rootVolume !== false,
    keepsAddress: persistence.privateIp !== false,
    rootVolume: volumeOf(rootVolumeOf(config)),
    dataVolume: volumeOf(config.dataVolume),
    keepsData: (config.dataVolume ? persistence.dataVolume : persistence.rootVolume) !== false,
    data: dataOf(config, memory),
    inPipeline,
  };
}

function groupsOf({ replicas, shards }: ClusterConfig): GroupFacts[] {
  const groups = shards?.map((shard) => ({ shard: shard.name, replicas: shard.replicas })) ?? [
    { shard: undefined, replicas },
  ];
  return groups.flatMap(({ shard, replicas: count }) =>
    typeof count === "number" ? [{ shard, replicas: count }] : [],
  );
}

/** The root volume with its default size; undefined where it is as in the image. */
export function rootVolumeOf(config: ClusterConfig): ClusterConfig["rootVolume"] {
  const { rootVolume, dataVolume } = config;
  if (dataVolume !== undefined && hasDefaultSize(rootVolume)) return undefined;
  return { ...rootVolume, size: rootVolume?.size ?? defaultRootVolumeSize(config) };
}

function volumeOf(volume: ClusterConfig["rootVolume" | "dataVolume"]): VolumeFacts | undefined {
  if (volume === undefined) return undefined;
  const { size, type = "gp3", iops, throughput, encrypted = true } = volume;
  return {
    size: isVariable(size) ? undefined : size,
    type,
    iops,
    throughput: throughput ?? (type === "gp3" ? GP3.throughput : undefined),
    encrypted,
  };
}

/** The items of a list; undefined where any of them is a variable. */
function known(value: unknown): string[] | undefined {
  if (!Array.isArray(value) || value.some(isVariable)) return undefined;
  return value as string[];
}

function dataOf({ redis = {} }: ClusterConfig, memory: number | undefined): DataFacts | undefined {
  if (memory !== undefined) return { gib: memory / GIB, source: "`--memory`" };
  const limit = redis.maxMemory === undefined ? 0 : bytesOf(redis.maxMemory);
  return limit > 0 ? { gib: limit / GIB, source: "`redis.maxMemory`" } : undefined;
}

/** Types with their memory in GiB, without those of unknown families. */
export function withMemory(types: readonly string[]): { type: string; gib: number }[] {
  return types.flatMap((type) => {
    const gib = memoryOf(type);
    return gib === undefined ? [] : [{ type, gib }];
  });
}

/** A number of GiB for a message. */
export function showGib(gib: number): string {
  return `${Number(gib.toFixed(1))} GiB`;
}

/** Types in a sentence. */
export function listOf(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** Which group a finding is about, where there are several. */
export function ofShard({ shard }: GroupFacts): string {
  return shard === undefined ? "" : ` of shard ${shard}`;
}
