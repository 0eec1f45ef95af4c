import { known, unanswered } from "../cluster/answer";
import { type Expectations, type Release } from "../cluster/checks/expectations";
import { parseEndpoint } from "../cluster/endpoint";
import { REDIS_PORT } from "../constructs/access/redis-ports";
import { memoryOf } from "../constructs/elastigroup/instance-type";
import { DEFAULT_USERNAME } from "../constructs/redis/auth";
import { DATA_SHARE } from "../constructs/redis/default-root-volume";
import { bytesOf, GIB } from "../constructs/redis/memory-size";
import { DEFAULT_VERSIONS } from "../constructs/redis/server-release";
import { type LoadedConfig } from "../config/load";
import { type ClusterConfig } from "../config/schema";
import { isInZone } from "../config/schema/masters";
import { isVariable } from "../config/schema/values";
import { type Context } from "./command";
import { groupNames } from "./connect";
import { expectedGroup } from "./expected-group";

/** The policy of Redis without a directive. */
const DEFAULT_POLICY = "noeviction";

/** The words of `tls-auth-clients`. */
const CLIENTS = { required: "yes", optional: "optional", none: "no" } as const;

/** What a config expects of its cluster. */
export function expectationsOf(loaded: LoadedConfig, options: Context["options"]): Expectations {
  const { config } = loaded;
  const { redis = {}, tls, instanceTypes } = config;
  const types = [...new Set([instanceTypes.onDemand, instanceTypes.spot ?? []].flat())];
  const directives = Object.entries(redis.directives ?? {});
  return {
    release: releaseOf(redis),
    modules: redis.modules ?? [],
    username: usernameOf(config, options),
    tlsAuthClients: tls && CLIENTS[tls.clientAuth ?? "required"],
    nodeTimeout: redis.nodeTimeout,
    maxMemory: redis.maxMemory === undefined ? 0 : bytesOf(redis.maxMemory),
    maxMemoryPolicy:
      directives.find(([name]) => name.toLowerCase() === "maxmemory-policy")?.[1] ?? DEFAULT_POLICY,
    masterZones: masterZones(config),
    types: types.flatMap((type) => {
      const memory = typeof type === "string" ? memoryOf(type) : undefined;
      return memory === undefined ? [] : [{ type: type as string, bytes: memory * GIB }];
    }),
    dataShare: DATA_SHARE,
    addresses: addressesOf(config),
    groups: groupNames(loaded).map((name) => expectedGroup(config, name)),
    cli: cliOptions(config, options),
  };
}

/** Another install than from source brings a release that the config does not have. */
function releaseOf({
  install = "source",
  engine = "redis",
  version = DEFAULT_VERSIONS[engine],
}: NonNullable<ClusterConfig["redis"]>): Release | undefined {
  return install === "source" ? { engine, version } : undefined;
}

/** A name that only Terraform knows is that of the option, if any. */
function usernameOf({ auth }: ClusterConfig, { user }: Context["options"]): string | undefined {
  if (auth === undefined) return undefined;
  const { username = DEFAULT_USERNAME } = auth;
  return isVariable(username) ? ((user as string | undefined) ?? DEFAULT_USERNAME) : username;
}

function masterZones({ masters, redis = {} }: ClusterConfig): Expectations["masterZones"] {
  if (isVariable(masters)) return [];
  return masters.flatMap((master) => {
    if (!isInZone(master) || isVariable(master.host) || isVariable(master.zone)) return [];
    return [{ endpoint: parseEndpoint(master.host, redis.port ?? REDIS_PORT), zone: master.zone }];
  });
}

/** The addresses of all replicas, if each has a fixed one. */
function addressesOf({ privateIps, replicas, shards }: ClusterConfig): Expectations["addresses"] {
  const parts = shards ?? [{ privateIps, replicas: replicas ?? 0 }];
  const isComplete = parts.every(
    ({ privateIps: ips, replicas: count }) =>
      Array.isArray(ips) && ips.length === count && !ips.some(isVariable),
  );
  if (isComplete) return known(parts.flatMap(({ privateIps: ips }) => ips as string[]));
  const reason =
    "which replicas are on spot is not known: no credentials of Spot, and `privateIps` does not have all addresses";
  return unanswered("error", reason);
}

/** redis-cli reads the password from REDISCLI_AUTH. */
function cliOptions({ auth, tls }: ClusterConfig, options: Context["options"]): string[] {
  const { user, cacert, cert, key } = options as Readonly<Record<string, string | undefined>>;
  const configured = auth?.username;
  const name = user ?? (typeof configured === "string" ? configured : undefined);
  return [
    ...(name === undefined || name === DEFAULT_USERNAME ? [] : ["--user", name]),
    ...(tls === undefined && cacert === undefined && cert === undefined ? [] : ["--tls"]),
    ...Object.entries({ cacert, cert, key }).flatMap(([option, file]) =>
      file === undefined ? [] : [`--${option}`, file],
    ),
  ];
}
