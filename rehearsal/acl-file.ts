/** The users of a secured cluster. */
export const USERS = {
  /** The operator: the user of the run itself. */
  operator: "operator",
  /** An application, which reads and writes keys. */
  application: "application",
  /** The agent and the replication link. */
  agent: "replica",
} as const;

export type Passwords = Readonly<Record<keyof typeof USERS, string>>;

export interface AclFileOptions {
  readonly passwords: Passwords;
  /** The version of the server that reads the file, such as `7.0.15`. */
  readonly version: string;
  /** Whether the server is a replica, whose agent changes its users when the file changes. */
  readonly isReplica: boolean;
}

/** The rights of the agent's user, as docs/instance.md has them: no others. */
const AGENT = [
  ...["resetkeys", "~{redis-replica}:placement", "resetchannels", "-@all"],
  ...["+ping", "+psync", "+replconf", "+info", "+role", "+time", "+dbsize"],
  ...["+get", "+set", "+pttl", "+del", "+eval", "+shutdown", "+client|kill", "+config|get", "+config|set"],
  ...["+cluster|nodes", "+cluster|info", "+cluster|myid", "+cluster|meet", "+cluster|forget"],
  ...["+cluster|replicate", "+cluster|failover"],
];
const SHARD_ID = "+cluster|myshardid";
const CHANGES = ["+acl|setuser", "+acl|deluser", "+acl|users"];

const APPLICATION = [
  ...[
    "~*",
    "resetchannels",
    "-@all",
    "+ping",
    "+get",
    "+set",
    "+eval",
    "+wait",
    "+readonly",
    "+cluster|nodes",
  ],
];

/** The file of the access control lists (`aclfile`). The user `default` is off. */
export function aclFile({ passwords, version, isReplica }: AclFileOptions): string {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const knowsShardId = major > 7 || (major === 7 && minor >= 2);
  const agent = [...AGENT, ...(knowsShardId ? [SHARD_ID] : []), ...(isReplica ? CHANGES : [])];
  const line = (name: keyof typeof USERS, rules: readonly string[]): string =>
    `user ${USERS[name]} on >${passwords[name]} ${rules.join(" ")}\n`;
  return [
    "user default off\n",
    line("operator", ["~*", "&*", "+@all"]),
    line("application", APPLICATION),
    line("agent", agent),
  ].join("");
}
