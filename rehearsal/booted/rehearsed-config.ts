import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { hostAddress } from "../network";

/** A config file, as `redis-elastigroup review` has accepted it. */
type Config = Readonly<Record<string, unknown>>;

/** A config with which a group can run on this machine. */
export interface RehearsedConfig {
  readonly config: Config;
  /** The keys that were replaced or left out, and why. */
  readonly replaced: readonly string[];
  readonly name: string;
  readonly account?: string;
  /** Addresses of the masters to start. */
  readonly masters: readonly string[];
  readonly port: number;
  readonly busPort?: number;
  /** Milliseconds of `cluster-node-timeout`. */
  readonly nodeTimeout: number;
  readonly replicas: number;
  readonly hasDataVolume: boolean;
  /** Whether a replacement keeps the data and the node ID. */
  readonly keepsData: boolean;
  readonly mayFailOver: boolean;
  /** The names of variables that need a value in the environment. */
  readonly variables: readonly string[];
}

/** Instances that two cores boot at once within the agent's time limits. */
const MOST = 6;
const DEFAULT_REPLICAS = 3;
const LEAST_MASTERS = 3;
/** Redis's own default is 15 s, which would make up most of the run. */
const NODE_TIMEOUT = 5000;
const OWN_SITES = `instances reach only this machine, which has Debian's package`;

/** Keys of other services, or of what must not outlive a rehearsal. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  auth: "passwords need a store of secrets; `npm run e2e -- --secured` has one",
  tls: "certificates need a store of secrets; `npm run e2e -- --secured` has one",
  secrets: "there is no AWS",
  network: "there is no AWS",
  iamInstanceProfile: "there is no AWS",
  backend: "the state is a local file",
  adopt: "the group is a new one",
  protect: "the group is destroyed at the end",
  install: "instances reach only this machine",
};

/** Keys of `redis` about where the server comes from. */
const SERVER = ["engine", "version", "url", "sha256", "package", "modules"];

export function readConfig(file: string): Config {
  return parse(readFileSync(file, "utf8")) as Config;
}

/** Replaces what a machine without AWS cannot have. The config is valid, and stays valid. */
export function rehearsedConfig(given: Config): RehearsedConfig {
  const replaced: string[] = [];
  const replace = (key: string, to: string, why: string): void => {
    replaced.push(`${key}: ${to} (${why})`);
  };
  const config: Record<string, unknown> = { ...given };
  for (const [key, why] of Object.entries(LEFT_OUT)) {
    if (config[key] === undefined) continue;
    delete config[key];
    replace(key, "left out", why);
  }

  const shards = shardsOf(given);
  const masters = addresses(1, Math.max(LEAST_MASTERS, shards?.length ?? 0));
  const seeds = seedsOf(given["masters"], masters);
  config["masters"] = seeds;
  replace("masters", masters.join(", "), "servers of this run");
  const replicas = shards
    ? shards.reduce((sum, { replicas: count }) => sum + count, 0)
    : Math.min(MOST, wholeOf(given["replicas"]) ?? DEFAULT_REPLICAS);
  if (shards) {
    config["shards"] = shards.map((shard, index) => ({ ...shard, master: masters[index] }));
    replace("shards[].master", masters.slice(0, shards.length).join(", "), "servers of this run");
  } else if (replicas !== given["replicas"]) {
    config["replicas"] = replicas;
    replace("replicas", String(replicas), `this machine runs at most ${MOST}`);
  }
  if (given["privateIps"] !== undefined) {
    const { length } = list(given["privateIps"]);
    config["privateIps"] = addresses(3, length > 0 ? length : replicas);
    replace(
      "privateIps",
      addresses(3, length > 0 ? length : replicas).join(", "),
      "a subnet of this machine",
    );
  }
  config["imageId"] = "ami-0123456789abcdef0";
  replace("imageId", "Debian, as this machine has made it", "there is no AWS");
  if (config["securityGroupIds"] === undefined) config["securityGroupIds"] = ["sg-0123456789abcdef0"];
  if (isVariable(given["availabilityZones"])) {
    config["availabilityZones"] = { [`${String(given["region"])}a`]: ["subnet-0a1b2c3d4e5f60001"] };
    replace("availabilityZones", `${String(given["region"])}a`, "it is a variable");
  }

  const redis = { ...map(given["redis"]) };
  for (const key of SERVER) delete redis[key];
  config["redis"] = { ...redis, install: "package" };
  if (map(given["redis"])["install"] !== "package" || SERVER.some((key) => key in map(given["redis"])))
    replace("redis.install", "package", OWN_SITES);
  replace("bootScript.agent", `http://${hostAddress}/agent.tar`, "the agent of this checkout");

  const persistence = map(given["persistence"]);
  const hasDataVolume = given["dataVolume"] !== undefined;
  const { port, busPort, nodeTimeout } = map(given["redis"]);
  return {
    ...{ config, replaced, masters, replicas, hasDataVolume },
    name: String(given["name"]),
    ...(typeof given["account"] === "string" && { account: given["account"] }),
    port: wholeOf(port) ?? 6379,
    busPort: wholeOf(busPort),
    nodeTimeout: wholeOf(nodeTimeout) ?? NODE_TIMEOUT,
    keepsData: persistence[hasDataVolume ? "dataVolume" : "rootVolume"] !== false,
    mayFailOver: given["failover"] !== "never",
    variables: [...new Set(variablesIn(config))],
  };
}

interface Shard extends Config {
  readonly replicas: number;
}

/** The shards, without addresses. With too many replicas, each has one. */
function shardsOf({ shards }: Config): Shard[] | undefined {
  if (shards === undefined) return undefined;
  const all = list(shards).map(map);
  if (all.length > MOST)
    throw new Error(`the config has ${all.length} shards; this machine runs at most ${MOST} replicas`);
  const counts = all.map(({ replicas }) => wholeOf(replicas) ?? 1);
  const isTooMany = counts.reduce((sum, count) => sum + count, 0) > MOST;
  return all.map((shard, index) => {
    const own = { ...shard, replicas: isTooMany ? 1 : (counts[index] ?? 1) };
    return Object.fromEntries(
      Object.entries(own).filter(([key]) => key !== "privateIps" && key !== "adopt"),
    ) as Shard;
  });
}

/** As many masters as the config names, each with its zone. */
function seedsOf(given: unknown, masters: readonly string[]): unknown[] {
  const named = isVariable(given) ? masters : list(given).slice(0, masters.length);
  return named.map((master, index) => {
    const { zone } = map(master);
    return zone === undefined ? masters[index] : { host: masters[index], zone };
  });
}

/** Addresses of a subnet: 1, of masters; 3, of replicas whose addresses the config has. */
function addresses(subnet: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `10.0.${subnet}.${10 + index}`);
}

function variablesIn(value: unknown): string[] {
  if (isVariable(value)) return [value.variable];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(variablesIn);
}

function isVariable(value: unknown): value is { readonly variable: string } {
  const { variable, ...rest } = map(value);
  return typeof variable === "string" && Object.keys(rest).length === 0;
}

function map(value: unknown): Config {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Config) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function wholeOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
