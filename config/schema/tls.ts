import * as z from "zod";
import { ClientAuth } from "../../constructs/redis/tls";
import { secretSource } from "./secret-source";
import { keysOf, oneOf } from "./values";

/** The words of the file for what clients must show. */
export const CLIENT_AUTH = {
  required: ClientAuth.REQUIRED,
  optional: ClientAuth.OPTIONAL,
  none: ClientAuth.NONE,
};

export const tls = z.strictObject(
  {
    ca: secretSource.meta({
      description:
        "Where instances read the certificates of the authorities, by exactly one of `secretsManager`, `parameter` and `file`.",
      examples: [{ file: "/etc/ssl/redis/ca.pem" }],
    }),
    certificate: secretSource.meta({
      description:
        "Where instances read their certificate, with those between it and the authority, as one of those keys.",
      examples: [{ parameter: "/redis/certificate" }],
    }),
    key: secretSource.meta({
      description:
        "Where instances read the certificate's private key, without a passphrase, as one of those keys.",
      examples: [{ parameter: "/redis/key" }],
    }),
    clientAuth: oneOf(keysOf(CLIENT_AUTH)).optional().meta({
      description: "Whether clients show a certificate of their own (`tls-auth-clients`).",
      default: "required",
    }),
  },
  { error: "hold `ca`, `certificate` and `key`" },
);
