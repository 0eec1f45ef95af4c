import { type Answer } from "../answer";
import { type Endpoint } from "../endpoint";
import { type ExpectedGroup } from "../spot/group-difference";

/** A server by its engine and its release. */
export interface Release {
  readonly engine: "redis" | "valkey";
  readonly version: string;
}

/** What a config expects of its cluster. */
export interface Expectations {
  /** The server of the replicas; undefined if the image or a package brings it. */
  readonly release: Release | undefined;
  /** The modules that replicas load, as paths. */
  readonly modules: readonly string[];
  /** The user of the agent and of replication; undefined if there is no password. */
  readonly username: string | undefined;
  /** What clients show where there is TLS: a value of `tls-auth-clients`. */
  readonly tlsAuthClients: "yes" | "optional" | "no" | undefined;
  /** `cluster-node-timeout` of the replicas in milliseconds; undefined if it follows the masters. */
  readonly nodeTimeout: number | undefined;
  /** `maxmemory` of the replicas in bytes; 0 without a limit. */
  readonly maxMemory: number;
  /** `maxmemory-policy` of the replicas. */
  readonly maxMemoryPolicy: string;
  readonly masterZones: readonly { readonly endpoint: Endpoint; readonly zone: string }[];
  /** The instance types whose memory is known. */
  readonly types: readonly { readonly type: string; readonly bytes: number }[];
  /** The share of an instance's memory that data may take. */
  readonly dataShare: number;
  /** The private IPs of all replicas, if the config sets them all. */
  readonly addresses: Answer<readonly string[]>;
  readonly groups: readonly ExpectedGroup[];
  /** The options of redis-cli that reach the cluster. */
  readonly cli: readonly string[];
}
