import { RIGHTS_AT_MASTERS } from "../cluster/checks/rights";

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
  /** Whether the server is a replica, which has an agent. */
  readonly isReplica: boolean;
}

/** The rights of the agent's user everywhere, as docs/instance.md has them: no others. */
const AGENT = ["resetkeys", "resetchannels", "-@all", ...RIGHTS_AT_MASTERS];
const SHARD_ID = "+cluster|myshardid";
/** Those that it needs only on its own server. */
const HERE = [
  ...["+cluster|meet", "+cluster|replicate", "+config|set", "+client|kill", "+role", "+shutdown"],
  ...["+acl|setuser", "+acl|deluser", "+acl|users"],
];

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
  const known = AGENT.filter((right) => knowsShardId || right !== SHARD_ID);
  const agent = [...known, ...(isReplica ? HERE : [])];
  const line = (name: keyof typeof USERS, rules: readonly string[]): string =>
    `user ${USERS[name]} on >${passwords[name]} ${rules.join(" ")}\n`;
  return [
    "user default off\n",
    line("operator", ["~*", "&*", "+@all"]),
    line("application", APPLICATION),
    line("agent", agent),
  ].join("");
}
