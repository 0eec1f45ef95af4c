import { NETWORK_SHAPES } from "../access/redis-security-group";
import { SECRETS_SHAPES } from "../access/secrets";
import { DATA_VOLUME, GROUP_SHAPES } from "../elastigroup/group-shapes";
import {
  boolean,
  list,
  map,
  number,
  object,
  oneOf,
  PROVIDER,
  required,
  type Shapes,
  text,
  texts,
} from "../validation/shape";
import { type AgentArchive } from "./agent-archive";
import { AUTH_SHAPE } from "./auth";
import { type BootOptions, type BootScriptProps, type BootSteps } from "./boot-script-props";
import { Failover } from "./failover";
import { type InstallOptions } from "./install-options";
import { MASTER_SHAPE } from "./master";
import { RedisEngine } from "./redis-engine";
import { RedisInstall } from "./redis-install";
import { type RedisSettings } from "./redis-settings";
import { type RedisReplicasProps } from "./replicas-props";
import { type Shard } from "./shard";
import { TLS_SHAPE } from "./tls";

const redis = object<RedisSettings>({
  engine: oneOf(RedisEngine),
  install: oneOf(RedisInstall, "fromSource", "fromPackage", "fromImage"),
  port: number(),
  busPort: number(),
  maxMemory: text(),
  backlogSize: text(),
  nodeTimeout: number(),
  announceHostname: text(),
  modules: texts(),
  directives: map(text()),
});

const agent = object<AgentArchive>({ url: required(text()), sha256: text() });

const steps: Shapes<BootSteps> = { before: text(), after: text() };

const install = object<InstallOptions>({ proxy: text(), mirror: text() });

/** The shapes of a boot script's properties. */
export const BOOT_SCRIPT_SHAPES: Shapes<BootScriptProps> = {
  masters: required(list(MASTER_SHAPE)),
  redis,
  auth: AUTH_SHAPE,
  tls: TLS_SHAPE,
  region: text(),
  failover: oneOf(Failover),
  shard: text(),
  dataVolume: boolean(),
  steps: object(steps),
  agent,
  install,
};

const shard = object<Shard>({
  name: required(text()),
  master: required(text()),
  replicas: required(number()),
  privateIps: texts(),
  adopt: text(),
});

/** The shapes of the properties of replicas. */
export const REPLICAS_SHAPES: Shapes<RedisReplicasProps> = {
  ...GROUP_SHAPES,
  masters: required(list(MASTER_SHAPE)),
  replicas: number(),
  shards: list(shard),
  securityGroupIds: texts(),
  network: object(NETWORK_SHAPES),
  secrets: object(SECRETS_SHAPES),
  awsProvider: PROVIDER,
  redis,
  auth: AUTH_SHAPE,
  tls: TLS_SHAPE,
  dataVolume: DATA_VOLUME,
  failover: oneOf(Failover),
  bootScript: object<BootOptions>({ ...steps, agent }),
  install,
};
