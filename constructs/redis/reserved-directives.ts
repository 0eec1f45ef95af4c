/** Directives of redis.conf that users cannot set. */
interface Reserved {
  readonly pattern: RegExp;
  /** The key that sets them instead, if there is one. */
  readonly key?: string;
}

/**
 * Directives that the files of the instance set, or that would break the agent. `rdbchecksum` and `appenddirname` affect the
 * proof that a volume has the newest data, `rename-command` the commands of the agent, and `loglevel` the log in which it
 * finds why a sync failed. All names of Redis and Valkey are listed, and case does not matter, as in the server.
 */
const RESERVED: readonly Reserved[] = [
  { key: "auth", pattern: /^(requirepass|(master|primary)(auth|user)|aclfile|user)$/i },
  { key: "tls", pattern: /^tls-.*$/i },
  { pattern: /^(bind|port|rdma-.*|protected-mode|rename-command)$/i },
  {
    pattern:
      /^(dir|dbfilename|daemonize|supervised|pidfile|logfile|loglevel|include|loadmodule|shutdown-on-.*)$/i,
  },
  { pattern: /^(append.*|no-appendfsync-on-rewrite|save|rdbchecksum|rdb-del-sync-files)$/i },
  {
    pattern:
      /^(cluster-.*|availability-zone|replicaof|slaveof|maxmemory|repl-backlog-(size|ttl)|repl-diskless-load)$/i,
  },
  { pattern: /^(replica|slave)-(announce-.*|ignore-disk-write-errors|read-only|serve-stale-data)$/i },
];

/** All of them as one pattern. */
export const RESERVED_DIRECTIVES = new RegExp(RESERVED.map(({ pattern }) => pattern.source).join("|"), "i");

/** The text after "must" in a message about a reserved directive; undefined for any other directive. */
export function reservedRule(directive: string): string | undefined {
  const found = RESERVED.find(({ pattern }) => pattern.test(directive));
  if (found === undefined) return undefined;
  return found.key === undefined ? RESERVED_RULE : `be left out: \`${found.key}\` sets it`;
}

/** The same if the directive is known only to Terraform. */
export const RESERVED_RULE = "be left out: this package sets it itself, or relies on its default";
