import { NETWORK_SHAPES } from "../access/redis-security-group";
import { SECRETS_SHAPES } from "../access/secrets";
import { DATA_VOLUME, GROUP_SHAPES } from "../elastigroup/group-shapes";
import { list, object, oneOf, required } from "../validation/shape";
import { AUTH_SHAPE } from "./auth";
import { Failover } from "./failover";
import { MASTER_SHAPE } from "./master";
import { RedisEngine } from "./redis-engine";
import { RedisInstall } from "./redis-install";
import { type RedisSettings } from "./redis-settings";
import { type Shard } from "./shard";
import { TLS_SHAPE } from "./tls";

const redis = object<RedisSettings>({
  engine: oneOf(RedisEngine),
  install: oneOf(RedisInstall, "fromSource", "fromPackage", "fromImage"),
  modules: list(),
  directives: object(),
});

/** The shapes of a boot script's properties. */
export const BOOT_SCRIPT_SHAPES = {
  masters: required(list(MASTER_SHAPE)),
  redis,
  auth: AUTH_SHAPE,
  tls: TLS_SHAPE,
  failover: oneOf(Failover),
  steps: object(),
  agent: object(),
  install: object(),
};

/** The shapes of the properties of replicas. */
export const REPLICAS_SHAPES = {
  ...GROUP_SHAPES,
  masters: required(list(MASTER_SHAPE)),
  shards: list(object<Shard>({ privateIps: list() })),
  securityGroupIds: list(),
  network: object(NETWORK_SHAPES),
  secrets: object(SECRETS_SHAPES),
  redis,
  auth: AUTH_SHAPE,
  tls: TLS_SHAPE,
  dataVolume: DATA_VOLUME,
  failover: oneOf(Failover),
  bootScript: object({ agent: object() }),
  install: object(),
};
