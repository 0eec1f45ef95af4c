import { SECRET_SOURCE, type SecretSource } from "../access/secret-source";
import { hcl } from "../terraform/hcl";
import { type Constraint } from "../validation/constraint";
import { number, object, required, type Shape, text } from "../validation/shape";

/** The user that Redis has by itself. */
export const DEFAULT_USERNAME = "default";

/** How replicas authenticate to the cluster, and clients to them. */
export interface RedisAuth {
  /**
   * The user as which a replica connects to its master (`masteruser`), and the agent to all nodes.
   * @default "default"
   */
  readonly username?: string;
  /** The user's password (`masterauth`); that of the user `default` is `requirepass` too. */
  readonly password: SecretSource;
  /**
   * The whole file of the cluster's access control lists (`aclfile`). Needed with another user than `default`.
   * @default - no user but `default`
   */
  readonly aclFile?: SecretSource;
  /**
   * Minutes between two reads of the sources of `auth` and `tls`, 1 to 1440.
   * @default 15
   */
  readonly refreshMinutes?: number;
}

/** Its shape. */
export const AUTH_SHAPE: Shape = object<RedisAuth>({
  username: text(),
  password: required(SECRET_SOURCE),
  aclFile: SECRET_SOURCE,
  refreshMinutes: number(),
});

/** What must go together; of a config file, some may be missing. */
export function authConstraints({
  username = DEFAULT_USERNAME,
  aclFile,
}: {
  readonly username?: unknown;
  readonly aclFile?: unknown;
} = {}): Constraint[] {
  return [
    {
      path: ["auth", "aclFile"],
      rule: "be given where `username` is not `default`, since a replica has no other user without it",
      got: aclFile,
      among: aclFile === undefined ? [username] : [],
      holds: aclFile !== undefined || username === DEFAULT_USERNAME,
      condition: hcl`${username} == ${DEFAULT_USERNAME}`,
    },
  ];
}
