import { type IResolvable } from "cdktf";
import { type AgentArchive } from "./agent-archive";
import { type RedisAuth } from "./auth";
import { type Failover } from "./failover";
import { type InstallOptions } from "./install-options";
import { type MasterInZone } from "./master";
import { type RedisSettings } from "./redis-settings";
import { type RedisTls } from "./tls";

export interface BootScriptProps {
  /**
   * The on-demand masters of the cluster: IPs or DNS names, with a port where that is not `redis.port`, and IPv6 in
   * brackets. One is sufficient to find the others. More are safer, since at least one of them must answer when a new
   * instance boots. A new replica does not follow a master that is in its own zone, if another can be followed: give
   * the zones of all masters.
   */
  readonly masters: (string | MasterInZone)[];
  /**
   * The Redis server of each replica.
   * @default - Redis 7.2.15 built from source, on port 6379
   */
  readonly redis?: RedisSettings;
  /**
   * How replicas authenticate to the cluster, and clients to them.
   * @default - without a password
   */
  readonly auth?: RedisAuth;
  /**
   * TLS for clients, replication and the cluster bus; the cluster's masters have it too.
   * @default - without TLS
   */
  readonly tls?: RedisTls;
  /**
   * The region of the instances, and of what `auth` and `tls` name there; needed with one of them.
   * @default - not known
   */
  readonly region?: string;
  /**
   * Whether a replica may be promoted when its master fails.
   * @default Failover.ALLOWED
   */
  readonly failover?: Failover;
  /**
   * A node of the shard of all these replicas, preferably its master: IP or DNS name, with a port if that
   * is not `redis.port`.
   * @default - the replicas are spread evenly over all shards
   */
  readonly shard?: string;
  /**
   * Whether a replacement keeps the data volume of the instance.
   * @default - there is no data volume
   */
  readonly dataVolume?: boolean | IResolvable;
  /**
   * Your own shell code, before and after that of this package.
   * @default - none
   */
  readonly steps?: BootSteps;
  /**
   * Where instances download the agent, which is too large for user data.
   * @default - from the release of this version, in the repository of this package
   */
  readonly agent?: AgentArchive;
  /**
   * How instances reach what they download.
   * @default - directly, from the archives' own sites
   */
  readonly install?: InstallOptions;
}

/**
 * Your own shell code, run by bash as root with `set -Eeuo pipefail`, at the first boot and at every replacement. It is part
 * of the user data, which is limited in size and which all users on the instance can read.
 */
export interface BootSteps {
  /**
   * Code that runs before the files of the agent are written and Redis is installed. If it fails, the boot script ends with
   * its exit code: a new instance does not join, and an existing replica continues unchanged.
   * @default - none
   */
  readonly before?: string;
  /**
   * Code that runs after the replica has joined, or after ten minutes of attempts. It does not run after a refusal. If it
   * fails, the boot script reports the failure and continues: the replica is not affected.
   * @default - none
   */
  readonly after?: string;
}

/** Options of the boot script. */
export interface BootOptions extends BootSteps {
  /**
   * Where instances download the agent, which is too large for user data.
   * @default - from the release of this version, in the repository of this package
   */
  readonly agent?: AgentArchive;
}
