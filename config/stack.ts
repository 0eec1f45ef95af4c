import { type App } from "cdktf";
import {
  AvailabilityZones,
  Failover,
  Orientation,
  RedisInstall,
  RedisReplicasStack,
  type RedisReplicasStackProps,
  type RedisSettings,
  RevertToSpot,
  type Strategy,
} from "../constructs";
import { terraformText } from "../constructs/terraform-text";
import { type LoadedConfig } from "./load";
import { ConfigError, type Problem } from "./problem";
import { fromConstruct } from "./problems";
import { type ClusterConfig, isVariable } from "./schema";
import { Variables } from "./variables";

/** Adds the stack of one config: the one place where what users write becomes construct props. */
export function addStack(app: App, config: ClusterConfig): RedisReplicasStack {
  const stack = new RedisReplicasStack(app, config.name, {
    account: config.account,
    backend: renderBackend(config),
  });
  const values = new Variables(stack, "variables", config);
  stack.addReplicas({
    name: literal(config.name),
    region: config.region,
    ...(config.description === undefined ? {} : { description: literal(config.description) }),
    masters: values.list(config.masters),
    replicas: values.number(config.replicas),
    imageId: values.text(config.imageId),
    instanceTypes: {
      onDemand: values.text(config.instanceTypes.onDemand),
      spot: values.list(config.instanceTypes.spot),
      preferredSpot: config.instanceTypes.preferredSpot && values.list(config.instanceTypes.preferredSpot),
    },
    availabilityZones: renderZones(values, config.availabilityZones),
    securityGroupIds: values.list(config.securityGroupIds),
    keyPair: optional(values, config.keyPair),
    iamInstanceProfile: optional(values, config.iamInstanceProfile),
    persistence: config.persistence,
    strategy: renderStrategy(config.strategy),
    tags: config.tags && escaped(config.tags),
    protect: config.protect,
    redis: renderRedis(config.redis),
    failover: config.failover && (config.failover === "never" ? Failover.NEVER : Failover.ALLOWED),
  });
  return stack;
}

/** Adds the stacks of all configs; throws one `ConfigError` with everything the constructs refuse. */
export function addStacks(app: App, loaded: readonly LoadedConfig[]): RedisReplicasStack[] {
  const problems: Problem[] = [];
  const stacks = loaded.flatMap(({ config, source }) => {
    try {
      const stack = addStack(app, config);
      const refused = stack.node.findAll().flatMap(({ node }) => node.validate());
      problems.push(...refused.map((message) => fromConstruct(source, new Error(message))));
      return [stack];
    } catch (error) {
      problems.push(fromConstruct(source, error));
      return [];
    }
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return stacks;
}

/**
 * A text of the file is a literal wherever it says `${`. The boot script's texts are the exception: they
 * are escaped together with the script around them.
 */
function literal(text: string): string {
  return terraformText(text);
}

function escaped(map: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [literal(key), literal(value)]));
}

function optional(values: Variables, value: ClusterConfig["keyPair"]): string | undefined {
  if (value === undefined) return undefined;
  return isVariable(value) ? values.text(value) : literal(value);
}

function renderZones(values: Variables, zones: ClusterConfig["availabilityZones"]): AvailabilityZones {
  if (isVariable(zones)) return AvailabilityZones.fromExpression(values.zoneItems(zones));
  return AvailabilityZones.of(
    Object.fromEntries(Object.entries(zones).map(([zone, subnets]) => [zone, values.list(subnets)])),
  );
}

function renderBackend({ backend }: ClusterConfig): RedisReplicasStackProps["backend"] {
  if (backend === undefined) return undefined;
  return backend === "none" ? {} : (literals(backend) as RedisReplicasStackProps["backend"]);
}

/** A tree of settings with every text in it a literal. */
function literals(value: unknown): unknown {
  if (typeof value === "string") return literal(value);
  if (Array.isArray(value)) return value.map(literals);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, literals(each)]));
}

const ORIENTATIONS = {
  availability: Orientation.AVAILABILITY,
  balanced: Orientation.BALANCED,
  cost: Orientation.COST,
  equalZones: Orientation.EQUAL_ZONES,
};

function renderStrategy(strategy: ClusterConfig["strategy"]): Strategy | undefined {
  if (strategy === undefined) return undefined;
  const { orientation, revertToSpot, ...rest } = strategy;
  return {
    ...rest,
    orientation: orientation && ORIENTATIONS[orientation],
    revertToSpot: revertToSpot && renderRevert(revertToSpot),
  };
}

function renderRevert(revert: "always" | "never" | string[]): RevertToSpot {
  if (revert === "always") return RevertToSpot.ALWAYS;
  return revert === "never" ? RevertToSpot.NEVER : RevertToSpot.within(...revert);
}

function renderRedis(redis: ClusterConfig["redis"]): RedisSettings | undefined {
  if (redis === undefined) return undefined;
  const { port, busPort, maxMemory, backlogSize, directives } = redis;
  return { port, busPort, maxMemory, backlogSize, directives, install: renderInstall(redis) };
}

function renderInstall(redis: NonNullable<ClusterConfig["redis"]>): RedisInstall {
  const { install, version, url, sha256 } = redis;
  if (install === "image") return RedisInstall.image();
  if (install === "package") return RedisInstall.package(redis.package);
  return version && url && sha256 ? RedisInstall.source({ version, url, sha256 }) : RedisInstall.source();
}
