export * from "./access/instance-role";
export * from "./access/peer";
export {
  type RedisNetwork,
  RedisSecurityGroup,
  type RedisSecurityGroupProps,
} from "./access/redis-security-group";
export { SecretSource, type SecretsManagerOptions } from "./access/secret-source";
export { type Secrets } from "./access/secrets";
export { Architecture } from "./elastigroup/architecture";
export { AvailabilityZones, type KnownZoneOptions, type ZoneOptions } from "./elastigroup/availability-zones";
export { type DataVolume, DataVolumeMode } from "./elastigroup/data-volume";
export * from "./elastigroup/deallocation";
export * from "./elastigroup/group-props";
export { type HealthCheck, HealthCheckType } from "./elastigroup/health-check";
export { type InstanceTypes } from "./elastigroup/instance-types";
export { Orientation } from "./elastigroup/orientation";
export * from "./elastigroup/persistence";
export { type ResourceRequirements } from "./elastigroup/resource-requirements";
export * from "./elastigroup/revert-to-spot";
export { type RootVolume } from "./elastigroup/root-volume";
export { type Route53Domain, type Route53Record } from "./elastigroup/route53-domain";
export * from "./elastigroup/stateful-elastigroup";
export { type Strategy } from "./elastigroup/strategy";
export { type Volume, VolumeType } from "./elastigroup/volume";
export { type AgentArchive } from "./redis/agent-archive";
export { type RedisAuth } from "./redis/auth";
export * from "./redis/boot-script";
export * from "./redis/boot-script-props";
export { Failover } from "./redis/failover";
export { type InstallOptions } from "./redis/install-options";
export { type MasterInZone } from "./redis/master";
export { type InstanceFile } from "./redis/instance-files";
export { RedisEngine } from "./redis/redis-engine";
export { RedisInstall, type RedisSource } from "./redis/redis-install";
export * from "./redis/redis-replicas";
export * from "./redis/redis-replicas-module";
export * from "./redis/redis-replicas-stack";
export * from "./redis/replicas-props";
export { type RedisSettings } from "./redis/redis-settings";
export { type Shard } from "./redis/shard";
export { ClientAuth, type RedisTls } from "./redis/tls";
