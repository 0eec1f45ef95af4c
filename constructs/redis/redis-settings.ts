import { hcl } from "../terraform/hcl";
import { type Constraint } from "../validation/constraint";
import { RESERVED_DIRECTIVES } from "../validation/formats";
import { terraformPattern } from "../validation/value-rules";
import { type RedisInstall } from "./redis-install";

/** The Redis server of each replica. */
export interface RedisSettings {
  /**
   * How Redis gets onto an instance.
   * @default RedisInstall.source()
   */
  readonly install?: RedisInstall;
  /**
   * The port for clients and replication, 1 to 65535; the cluster's masters use the same.
   * @default 6379
   */
  readonly port?: number;
  /**
   * The port of the cluster bus, 1 to 65535.
   * @default - `port` + 10000
   */
  readonly busPort?: number;
  /**
   * `maxmemory`, such as `12gb`. It counts only once a replica was promoted.
   * @default - no limit
   */
  readonly maxMemory?: string;
  /**
   * `repl-backlog-size`, such as `256mb`: what a promoted replica can hand out again without a full resync.
   * @default "128mb"
   */
  readonly backlogSize?: string;
  /**
   * Further lines of redis.conf, by directive; those that this package sets itself or relies on are refused.
   * @default - none
   */
  readonly directives?: { [directive: string]: string };
}

/** The directives that are the user's to set. */
export function directivesConstraints(
  directives: { readonly [directive: string]: unknown } = {},
): Constraint[] {
  return Object.entries(directives).map(([directive, value]) => ({
    path: ["redis", "directives", directive],
    rule: "be left out: this package sets it itself, or relies on its default",
    got: value,
    among: [directive],
    holds: !RESERVED_DIRECTIVES.test(directive),
    condition: hcl`!can(regex(${terraformPattern(RESERVED_DIRECTIVES)}, ${directive}))`,
  }));
}
