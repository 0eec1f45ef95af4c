import { readFileSync } from "node:fs";
import { type ConnectionOptions } from "node:tls";

/** How connections log in. Empty for servers without a password and without TLS. */
export interface Login {
  /** @default "default", where there is a password */
  readonly user?: string;
  readonly password?: string;
  /** @default - no TLS */
  readonly tls?: TlsFiles;
}

/** Paths of PEM files. */
export interface TlsFiles {
  /** The authorities that have signed the servers' certificates. @default - those of Node.js */
  readonly ca?: string;
  /** The client's own certificate. @default none */
  readonly certificate?: string;
  /** The key of that certificate. @default none */
  readonly key?: string;
}

/** What a connection over TLS needs. Names are not compared: Redis does not compare them either. */
export function tlsOptions({ ca, certificate, key }: TlsFiles): ConnectionOptions {
  return {
    ...(ca === undefined ? {} : { ca: readFileSync(ca) }),
    ...(certificate === undefined ? {} : { cert: readFileSync(certificate) }),
    ...(key === undefined ? {} : { key: readFileSync(key) }),
    checkServerIdentity: () => undefined,
  };
}

/** An error without the password: a server that does not know AUTH repeats the arguments of the command. */
export function withoutPassword<E extends Error>(error: E, { password }: Login): E {
  if (password) error.message = error.message.replaceAll(password, "(password)");
  return error;
}
