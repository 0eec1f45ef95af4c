import { hcl } from "../terraform/hcl";
import { type Constraint } from "../validation/constraint";
import { terraformPattern } from "../validation/value-rules";
import { type RedisEngine } from "./redis-engine";
import { type RedisInstall } from "./redis-install";
import { RESERVED_DIRECTIVES, RESERVED_RULE, reservedRule } from "./reserved-directives";

/** The Redis server of each replica. */
export interface RedisSettings {
  /**
   * Which server it is.
   * @default RedisEngine.REDIS
   */
  readonly engine?: RedisEngine;
  /**
   * How it is installed on an instance.
   * @default RedisInstall.fromSource()
   */
  readonly install?: RedisInstall;
  /**
   * The port for clients and replication, 1 to 65535. The masters use the same port.
   * @default 6379
   */
  readonly port?: number;
  /**
   * The port of the cluster bus, 1 to 65535.
   * @default - `port` + 10000
   */
  readonly busPort?: number;
  /**
   * `maxmemory`, such as `12gb`. It takes effect only after a replica is promoted.
   * @default - no limit
   */
  readonly maxMemory?: string;
  /**
   * `repl-backlog-size`, such as `256mb`: the writes that a promoted replica keeps for partial resyncs.
   * @default "128mb"
   */
  readonly backlogSize?: string;
  /**
   * `cluster-node-timeout` in milliseconds, 100 to 600000. All nodes of a cluster should have the same.
   * @default - the median of what the masters have
   */
  readonly nodeTimeout?: number;
  /**
   * `cluster-announce-hostname`, from Redis 7.0 on, with `{instance-id}` or `{private-ip}` in it. In an address,
   * dashes stand for dots: `ip-{private-ip}.us-west-2.compute.internal` is EC2's own name of the instance.
   * @default - no host name is announced
   */
  readonly announceHostname?: string;
  /**
   * Modules to load: the absolute path of each on the image, with its arguments behind it, as in a line `loadmodule` of
   * redis.conf. A replica needs all modules of its master.
   * @default - none
   */
  readonly modules?: string[];
  /**
   * Further directives of redis.conf. Directives that this package sets or relies on are rejected.
   * @default - none
   */
  readonly directives?: { [directive: string]: string };
}

/** The directives that users may set. */
export function directivesConstraints(
  directives: { readonly [directive: string]: unknown } = {},
): Constraint[] {
  return Object.entries(directives).map(([directive, value]) => ({
    path: ["redis", "directives", directive],
    rule: reservedRule(directive) ?? RESERVED_RULE,
    got: value,
    among: [directive],
    holds: !RESERVED_DIRECTIVES.test(directive),
    condition: hcl`!can(regex(${terraformPattern(RESERVED_DIRECTIVES)}, ${directive}))`,
  }));
}
