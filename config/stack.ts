import { type App, type IResolvable } from "cdktf";
import {
  Architecture,
  type BootOptions,
  AvailabilityZones,
  type DataVolume,
  DataVolumeMode,
  Failover,
  type HealthCheck,
  HealthCheckType,
  type InstallOptions,
  Peer,
  type RedisAuth,
  RedisEngine,
  RedisInstall,
  type RedisNetwork,
  RedisReplicasModule,
  type RedisReplicasProps,
  RedisReplicasStack,
  type RedisReplicasStackProps,
  type RedisSettings,
  type RedisTls,
  RevertToSpot,
  type RootVolume,
  type Secrets,
  SecretSource,
  type Strategy,
  VolumeType,
} from "../constructs";
import { NAME } from "../constructs/validation/formats";
import { terraformText } from "../constructs/terraform/escape";
import { validationErrors } from "../constructs/validation/validation-error";
import { type LoadedConfig } from "./load";
import { ConfigError, type Problem } from "./problem";
import { fromConstruct } from "./problems";
import { type ClusterConfig } from "./schema";
import { isInZone } from "./schema/masters";
import { type PeerConfig } from "./schema/network";
import { type SecretSourceConfig } from "./schema/secret-source";
import { ORIENTATIONS } from "./schema/strategy";
import { CLIENT_AUTH } from "./schema/tls";
import { isVariable, type OrVariable } from "./schema/values";
import { Variables } from "./variables";

/** The stack of a config, or its module. */
export type ReplicasStack = RedisReplicasStack | RedisReplicasModule;

/** Options of a stack. */
export interface StackOptions {
  /**
   * Whether the stack is a module for another root module, which configures the account and the backend.
   * @default false
   */
  readonly module?: boolean;
}

/** Adds the stack of one config. This is the only place that maps the config file to construct props. */
export function addStack(
  app: App,
  config: ClusterConfig,
  { module = false }: StackOptions = {},
): ReplicasStack {
  const stack = module
    ? new RedisReplicasModule(app, config.name)
    : new RedisReplicasStack(app, config.name, { account: config.account, backend: renderBackend(config) });
  const values = new Variables(stack, "variables", config);
  stack.addReplicas({
    // A module can be called several times, and each call creates a group.
    name: module ? values.withDefault(["name"], NAME, literal(config.name)) : literal(config.name),
    region: config.region,
    ...(config.description === undefined ? {} : { description: literal(config.description) }),
    masters: renderMasters(values, config.masters),
    replicas: config.replicas === undefined ? undefined : values.number(config.replicas),
    shards: config.shards?.map(({ name, master, replicas, privateIps, adopt }) => ({
      name,
      master: values.text(master),
      replicas: values.number(replicas),
      privateIps: privateIps && values.list(privateIps),
      adopt,
    })),
    privateIps: config.privateIps && values.list(config.privateIps),
    architecture: word(Architecture, config.architecture),
    imageId: values.text(config.imageId),
    instanceTypes: {
      onDemand: Array.isArray(config.instanceTypes.onDemand)
        ? values.list(config.instanceTypes.onDemand)
        : values.text(config.instanceTypes.onDemand),
      spot: config.instanceTypes.spot && values.list(config.instanceTypes.spot),
      preferredSpot: config.instanceTypes.preferredSpot && values.list(config.instanceTypes.preferredSpot),
      resourceRequirements: config.instanceTypes.resourceRequirements,
    },
    availabilityZones: renderZones(values, config),
    securityGroupIds: config.securityGroupIds && values.list(config.securityGroupIds),
    network: renderNetwork(values, config.network),
    keyPair: optional(values, config.keyPair),
    iamInstanceProfile: optional(values, config.iamInstanceProfile),
    secrets: renderSecrets(values, config.secrets),
    persistence: config.persistence,
    rootVolume: renderRootVolume(values, config.rootVolume),
    dataVolume: renderDataVolume(values, config.dataVolume),
    deallocation: config.deallocation,
    strategy: renderStrategy(values, config.strategy),
    autoHealing: optionalBoolean(values, config.autoHealing),
    healthCheck: renderHealthCheck(config.healthCheck),
    targetGroupArns: config.targetGroupArns && literalList(values, config.targetGroupArns),
    route53: config.route53,
    ebsOptimized: optionalBoolean(values, config.ebsOptimized),
    monitoring: optionalBoolean(values, config.monitoring),
    metadataHopLimit: config.metadataHopLimit,
    instanceMetadataTags: optionalBoolean(values, config.instanceMetadataTags),
    resumePaused: optionalBoolean(values, config.resumePaused),
    bootScript: renderBootScript(values, config.bootScript),
    install: renderInstallOptions(values, config.install),
    tags: config.tags && renderTags(values, config.tags),
    ignoreChanges: config.ignoreChanges,
    overrides: config.overrides && (literals(config.overrides) as RedisReplicasProps["overrides"]),
    protect: config.protect,
    adopt: config.adopt,
    redis: renderRedis(config.redis),
    auth: renderAuth(values, config.auth),
    tls: renderTls(values, config.tls),
    failover: word(Failover, config.failover),
  });
  return stack;
}

/** Adds the stacks of all configs. Throws one `ConfigError` with all errors of the constructs. */
export function addStacks(
  app: App,
  loaded: readonly LoadedConfig[],
  options: StackOptions = {},
): ReplicasStack[] {
  const problems: Problem[] = [];
  const stacks = loaded.flatMap(({ config, source }) => {
    try {
      const stack = addStack(app, config, options);
      problems.push(...validationErrors(stack).map((error) => fromConstruct(source, error)));
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
 * A text of the file is a literal, even if it contains `${`. The texts of the boot script are not escaped here, but together
 * with the script.
 */
function literal(text: string): string {
  return terraformText(text);
}

function escaped(map: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [literal(key), literal(value)]));
}

function renderTags(values: Variables, tags: NonNullable<ClusterConfig["tags"]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [
      literal(key),
      isVariable(value) ? values.text(value) : literal(value),
    ]),
  );
}

function optional(values: Variables, value: ClusterConfig["keyPair"]): string | undefined {
  if (value === undefined) return undefined;
  return isVariable(value) ? values.text(value) : literal(value);
}

function literalList(values: Variables, list: NonNullable<ClusterConfig["targetGroupArns"]>): string[] {
  return values.list(isVariable(list) ? list : list.map((item) => (isVariable(item) ? item : literal(item))));
}

function optionalBoolean(
  values: Variables,
  value: OrVariable<boolean> | undefined,
): boolean | IResolvable | undefined {
  return value === undefined ? undefined : values.boolean(value);
}

function optionalNumber(values: Variables, value: OrVariable<number> | undefined): number | undefined {
  return value === undefined ? undefined : values.number(value);
}

function renderMasters(values: Variables, masters: ClusterConfig["masters"]): RedisReplicasProps["masters"] {
  if (isVariable(masters)) return values.list(masters);
  return masters.map((master) =>
    isInZone(master)
      ? { host: values.text(master.host), zone: values.text(master.zone) }
      : values.text(master),
  );
}

function renderZones(values: Variables, config: ClusterConfig): AvailabilityZones {
  const { availabilityZones: zones, preferredZones: preferred, zonesRevision: revision } = config;
  const { placementGroups: groups } = config;
  if (isVariable(zones)) {
    return AvailabilityZones.fromExpression(values.itemsOfZones(zones), { preferred, revision });
  }
  return AvailabilityZones.of(
    Object.fromEntries(Object.entries(zones).map(([zone, subnets]) => [zone, values.list(subnets)])),
    {
      ...{ preferred, revision },
      // With subnets that are known only to Terraform, names are parts of an expression, which escapes them.
      placementGroups: groups && (Object.values(zones).some(isVariable) ? groups : escaped(groups)),
    },
  );
}

function renderRootVolume(values: Variables, volume: ClusterConfig["rootVolume"]): RootVolume | undefined {
  if (volume === undefined) return undefined;
  const { size } = volume;
  return { ...renderVolume(values, volume), size: size === undefined ? undefined : values.number(size) };
}

function renderVolume<T extends Pick<NonNullable<ClusterConfig["rootVolume"]>, "type" | "kmsKeyId">>(
  values: Variables,
  volume: T,
) {
  const { type, ...rest } = volume;
  return {
    ...rest,
    volumeType: word(VolumeType, type),
    kmsKeyId: optional(values, volume.kmsKeyId),
  };
}

function renderDataVolume(values: Variables, volume: ClusterConfig["dataVolume"]): DataVolume | undefined {
  if (volume === undefined) return undefined;
  const { device, mode, snapshotId, ...rest } = volume;
  return {
    ...renderVolume(values, rest),
    size: values.number(rest.size),
    device,
    mode: mode && (mode === "snapshot" ? DataVolumeMode.SNAPSHOT : DataVolumeMode.REATTACH),
    snapshotId: optional(values, snapshotId),
  };
}

function renderHealthCheck(check: ClusterConfig["healthCheck"]): HealthCheck | undefined {
  if (check === undefined) return undefined;
  const { type, ...times } = check;
  return { ...times, checkType: word(HealthCheckType, type) };
}

/** A word of a class of words, where the file has one. */
function word<Word>(vocabulary: { of(value: string): Word }, value: string | undefined): Word | undefined {
  return value === undefined ? undefined : vocabulary.of(value);
}

function renderNetwork(values: Variables, network: ClusterConfig["network"]): RedisNetwork | undefined {
  if (network === undefined) return undefined;
  const peers = (given?: PeerConfig[]): Peer[] | undefined => given?.map((each) => renderPeer(values, each));
  return {
    vpcId: values.text(network.vpcId),
    masters: renderPeer(values, network.masters),
    clients: peers(network.clients),
    downloads: peers(network.downloads),
    openMasters: network.openMasters,
  };
}

function renderPeer(values: Variables, { securityGroupId, prefixListId, cidr = "" }: PeerConfig): Peer {
  if (securityGroupId !== undefined) return Peer.securityGroup(values.text(securityGroupId));
  if (prefixListId !== undefined) return Peer.prefixList(values.text(prefixListId));
  return Peer.cidr(values.text(cidr));
}

function renderSecrets(values: Variables, secrets: ClusterConfig["secrets"]): Secrets | undefined {
  if (secrets === undefined) return undefined;
  const { secretArns, parameterArns, kmsKeyArns } = secrets;
  return {
    secretArns: secretArns && values.list(secretArns),
    parameterArns: parameterArns && values.list(parameterArns),
    kmsKeyArns: kmsKeyArns && values.list(kmsKeyArns),
  };
}

function renderAuth(values: Variables, auth: ClusterConfig["auth"]): RedisAuth | undefined {
  if (auth === undefined) return undefined;
  const { username, password, aclFile, refreshMinutes } = auth;
  return {
    username: optional(values, username),
    password: renderSource(values, password),
    aclFile: aclFile && renderSource(values, aclFile),
    refreshMinutes,
  };
}

function renderTls(values: Variables, tls: ClusterConfig["tls"]): RedisTls | undefined {
  if (tls === undefined) return undefined;
  const { ca, certificate, key, clientAuth } = tls;
  return {
    ca: renderSource(values, ca),
    certificate: renderSource(values, certificate),
    key: renderSource(values, key),
    clientAuth: clientAuth && CLIENT_AUTH[clientAuth],
  };
}

function renderSource(
  values: Variables,
  { secretsManager, key, parameter, file = "" }: SecretSourceConfig,
): SecretSource {
  if (secretsManager !== undefined) return SecretSource.secretsManager(values.text(secretsManager), { key });
  return parameter === undefined
    ? SecretSource.file(values.text(file))
    : SecretSource.parameter(values.text(parameter));
}

function renderBackend({ backend }: ClusterConfig): RedisReplicasStackProps["backend"] {
  if (backend === undefined) return undefined;
  return backend === "none" ? {} : (literals(backend) as RedisReplicasStackProps["backend"]);
}

/** A tree of settings with all texts as literals, including the keys of maps, which Terraform evaluates. */
function literals(value: unknown): unknown {
  if (typeof value === "string") return literal(value);
  if (Array.isArray(value)) return value.map(literals);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [literal(key), literals(each)]));
}

function renderStrategy(values: Variables, strategy: ClusterConfig["strategy"]): Strategy | undefined {
  if (strategy === undefined) return undefined;
  const { orientation, revertToSpot, fallbackToOnDemand, onDemandCount, spotPercentage, ...rest } = strategy;
  return {
    ...rest,
    onDemandCount: optionalNumber(values, onDemandCount),
    spotPercentage: optionalNumber(values, spotPercentage),
    fallbackToOnDemand: optionalBoolean(values, fallbackToOnDemand),
    orientation: orientation && ORIENTATIONS[orientation],
    revertToSpot: revertToSpot && renderRevert(revertToSpot),
  };
}

function renderRevert(revert: "always" | "never" | string[]): RevertToSpot {
  if (revert === "always") return RevertToSpot.ALWAYS;
  return revert === "never" ? RevertToSpot.NEVER : RevertToSpot.within(...revert);
}

function renderBootScript(values: Variables, script: ClusterConfig["bootScript"]): BootOptions | undefined {
  if (script?.agent === undefined) return script && { before: script.before, after: script.after };
  const { url, sha256 } = script.agent;
  return { ...script, agent: { url: values.text(url), sha256: sha256 && values.text(sha256) } };
}

function renderInstallOptions(
  values: Variables,
  install: ClusterConfig["install"],
): InstallOptions | undefined {
  if (install === undefined) return undefined;
  const { proxy, mirror } = install;
  return { proxy: proxy && values.text(proxy), mirror: mirror && values.text(mirror) };
}

function renderRedis(redis: ClusterConfig["redis"]): RedisSettings | undefined {
  if (redis === undefined) return undefined;
  const { port, busPort, maxMemory, backlogSize, modules, directives } = redis;
  const { nodeTimeout, announceHostname } = redis;
  return {
    ...{ port, busPort, maxMemory, backlogSize, nodeTimeout, announceHostname, modules, directives },
    engine: redis.engine && (redis.engine === "valkey" ? RedisEngine.VALKEY : RedisEngine.REDIS),
    install: renderInstall(redis),
  };
}

function renderInstall(redis: NonNullable<ClusterConfig["redis"]>): RedisInstall {
  const { install, version, url, sha256 } = redis;
  if (install === "image") return RedisInstall.fromImage();
  if (install === "package") return RedisInstall.fromPackage(redis.package);
  return RedisInstall.fromSource({ version, url, sha256 });
}
