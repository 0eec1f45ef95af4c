import * as z from "zod";
import { DEFAULT_USERNAME } from "../../constructs/redis/auth";
import { USERNAME } from "../../constructs/validation/formats";
import { REFRESH_MINUTES } from "../../constructs/validation/limits";
import { secretSource } from "./secret-source";
import { orVariable, text, whole } from "./values";

export const auth = z.strictObject(
  {
    username: orVariable(text(USERNAME)).optional().meta({
      description:
        "The user as which a replica connects to its master (`masteruser`), and the agent to all nodes.",
      default: DEFAULT_USERNAME,
    }),
    password: secretSource.meta({
      description:
        "Where instances read the user's password (`masterauth`; of the user `default` also `requirepass`), by exactly one of `secretsManager`, `parameter` and `file`.",
      examples: [{ parameter: "/redis/password" }],
    }),
    aclFile: secretSource.optional().meta({
      description:
        "Where instances read the whole file of the access control lists (`aclfile`), as one of those keys. Needed with another user than `default`.",
      examples: [{ parameter: "/redis/acl" }],
    }),
    refreshMinutes: whole(REFRESH_MINUTES.least, REFRESH_MINUTES.most).optional().meta({
      description: "Minutes between two reads of what `auth` and `tls` name.",
      default: REFRESH_MINUTES.default,
    }),
  },
  { error: "hold `password`" },
);
