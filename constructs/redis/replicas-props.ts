import { type TerraformProvider } from "cdktf";
import { type RedisNetwork } from "../access/redis-security-group";
import { type Secrets } from "../access/secrets";
import { type DataVolume } from "../elastigroup/data-volume";
import { type GroupProps } from "../elastigroup/group-props";
import { type RedisAuth } from "./auth";
import { type BootOptions } from "./boot-script-props";
import { type Failover } from "./failover";
import { type InstallOptions } from "./install-options";
import { type MasterInZone } from "./master";
import { type RedisSettings } from "./redis-settings";
import { type Shard } from "./shard";
import { type RedisTls } from "./tls";

export interface RedisReplicasProps extends GroupProps {
  /**
   * The on-demand masters of the cluster: IPs or DNS names, with a port where that is not `redis.port`, and IPv6 in
   * brackets. One is sufficient to find the others. More are safer, since at least one of them must answer when a new
   * instance boots. A new replica does not follow a master that is in its own zone, if another can be followed: give
   * the zones of all masters.
   */
  readonly masters: (string | MasterInZone)[];
  /**
   * The total number of replicas, 1 to 1000, spread evenly over the shards.
   * @default - the sum of those in `shards`; one of the two must be given
   */
  readonly replicas?: number;
  /**
   * One group for each shard instead of one for all shards. Each shard then has its own number of replicas, which do not move
   * to other shards.
   * @default - one group, whose replicas are spread over the shards
   */
  readonly shards?: Shard[];
  /**
   * Existing security groups of every instance. At least one is required without `network`.
   * @default - only the security group of `network`
   */
  readonly securityGroupIds?: string[];
  /**
   * The peers of the replicas. Creates a security group, which requires an AWS provider.
   * @default - `securityGroupIds` must allow the connections
   */
  readonly network?: RedisNetwork;
  /**
   * The secrets that the instances may read, beside those of `auth` and `tls`. Creates a role and an instance profile,
   * which require an AWS provider. Not together with `iamInstanceProfile`.
   * @default - those of `auth` and `tls`, or what `iamInstanceProfile` allows
   */
  readonly secrets?: Secrets;
  /**
   * The AWS provider of the security group and the role.
   * @default - the stack's
   */
  readonly awsProvider?: TerraformProvider;
  /**
   * The Redis server of each replica.
   * @default - Redis 7.2.15 built from source, on port 6379
   */
  readonly redis?: RedisSettings;
  /**
   * How replicas authenticate to the cluster, and clients to them. Without `iamInstanceProfile`, creates a role that
   * may read these sources.
   * @default - without a password
   */
  readonly auth?: RedisAuth;
  /**
   * TLS for clients, replication and the cluster bus; the cluster's masters have it too. Without
   * `iamInstanceProfile`, creates a role that may read these sources.
   * @default - without TLS
   */
  readonly tls?: RedisTls;
  /**
   * A separate volume for the data of Redis and the agent's files about it. The agent formats a blank volume and mounts it
   * before each start of Redis. The data of the root volume is moved to a new volume.
   * @default - none: Redis keeps its data on the root volume
   */
  readonly dataVolume?: DataVolume;
  /**
   * Whether a replica may be promoted when its master fails.
   * @default Failover.ALLOWED
   */
  readonly failover?: Failover;
  /**
   * Your own shell code that the boot script runs before and after its own, and the location of the agent's archive.
   * @default - no additional shell; the agent of this version's release
   */
  readonly bootScript?: BootOptions;
  /**
   * How instances reach what they download.
   * @default - directly, from the archives' own sites
   */
  readonly install?: InstallOptions;
}
