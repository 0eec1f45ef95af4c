import { readFileSync } from "node:fs";
import { type ConnectionOptions } from "node:tls";

/** How clients of this run log in to Redis servers. It is empty for servers without a password and without TLS. */
export interface Login {
  readonly user?: string;
  readonly password?: string;
  /** @default - no TLS */
  readonly tls?: TlsFiles;
}

/** Paths of PEM files: the authority that has signed the servers' certificates, and the client's own certificate. */
export interface TlsFiles {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** The options and the environment with which redis-cli logs in. The password is not in the command line. */
export function cliLogin({ user, password, tls }: Login): {
  readonly options: readonly string[];
  readonly env: NodeJS.ProcessEnv;
} {
  const files = tls ? ["--tls", "--cacert", tls.ca, "--cert", tls.certificate, "--key", tls.key] : [];
  const options = [...(user === undefined ? [] : ["--user", user]), ...files];
  return { options, env: password === undefined ? process.env : { ...process.env, REDISCLI_AUTH: password } };
}

/** What a connection over TLS needs. Names are not compared: Redis does not compare them either. */
export function tlsOptions({ ca, certificate, key }: TlsFiles): ConnectionOptions {
  return {
    ca: readFileSync(ca),
    cert: readFileSync(certificate),
    key: readFileSync(key),
    checkServerIdentity: () => undefined,
  };
}
