import { NETWORK_SHAPES } from "../access/redis-security-group";
import { SECRETS_SHAPES } from "../access/secrets";
import { DATA_VOLUME, GROUP_SHAPES } from "../elastigroup/group-shapes";
import { list, object, oneOf, required } from "../validation/shape";
import { Failover } from "./failover";
import { RedisEngine } from "./redis-engine";
import { RedisInstall } from "./redis-install";
import { type RedisSettings } from "./redis-settings";
import { type Shard } from "./shard";

const redis = object<RedisSettings>({
  engine: oneOf(RedisEngine),
  install: oneOf(RedisInstall, "source", "package", "image"),
  modules: list(),
  directives: object(),
});

/** The shapes of a boot script's properties. */
export const BOOT_SCRIPT_SHAPES = {
  masters: required(list()),
  redis,
  failover: oneOf(Failover),
  steps: object(),
  agent: object(),
  install: object(),
};

/** The shapes of the properties of replicas. */
export const REPLICAS_SHAPES = {
  ...GROUP_SHAPES,
  masters: required(list()),
  shards: list(object<Shard>({ privateIps: list() })),
  securityGroupIds: list(),
  network: object(NETWORK_SHAPES),
  secrets: object(SECRETS_SHAPES),
  redis,
  dataVolume: DATA_VOLUME,
  failover: oneOf(Failover),
  bootScript: object({ agent: object() }),
  install: object(),
};
