import { Construct } from "constructs";
import { BootScript } from "./boot-script";
import { type Failover } from "./failover";
import { type GroupProps } from "./group-props";
import { REPLICAS } from "./kinds";
import { type RedisSettings } from "./redis-settings";
import { mustBeWithin } from "./rules";
import { StatefulElastigroup } from "./stateful-elastigroup";

export interface RedisReplicasProps extends GroupProps {
  /**
   * The cluster's on-demand masters: IPs or DNS names without a port. One is enough to find the others;
   * more are safer, for one of them must answer when a first instance boots.
   */
  readonly masters: string[];
  /** Replicas in all, 1 to 1000, spread evenly over the shards. */
  readonly replicas: number;
  /**
   * The Redis server of each replica.
   * @default - Redis 7.2.15 built from source, on port 6379
   */
  readonly redis?: RedisSettings;
  /**
   * Whether a replica may be promoted when its master fails.
   * @default Failover.ALLOWED
   */
  readonly failover?: Failover;
}

/** Replicas of a Redis Cluster on a stateful Elastigroup. */
export class RedisReplicas extends Construct {
  /** The group that runs the replicas. */
  public readonly group: StatefulElastigroup;
  /** What each of its instances runs. */
  public readonly bootScript: BootScript;

  constructor(scope: Construct, id: string, props: RedisReplicasProps) {
    super(scope, id);
    mustBeWithin("replicas", props.replicas, REPLICAS.least, REPLICAS.most);
    const { masters, replicas, redis, failover, ...group } = props;
    this.bootScript = new BootScript({ masters, redis, failover });
    this.group = new StatefulElastigroup(this, "group", {
      ...group,
      description: group.description ?? "Redis Cluster replicas",
      capacity: replicas,
      userData: this.bootScript.text,
    });
  }
}
