import { type PlainSource } from "../constructs/access/secrets";
import { type Path } from "../constructs/validation/path";
import { type ClusterConfig } from "./schema";
import { type SecretSourceConfig } from "./schema/secret-source";
import { type OrVariable } from "./schema/values";

/** A source of a secret, and where the file names it. */
export interface ConfigSource extends PlainSource<OrVariable<string>> {
  readonly path: Path;
}

/** What the instances of a config read for `auth` and `tls`. Of one that is not valid, what is valid by itself. */
export function secretSources({ auth, tls }: Partial<ClusterConfig>): ConfigSource[] {
  const { password, aclFile } = (auth ?? {}) as Partial<NonNullable<typeof auth>>;
  const { ca, certificate, key } = (tls ?? {}) as Partial<NonNullable<typeof tls>>;
  return [
    ...sourcesAt(["auth", "password"], password),
    ...sourcesAt(["auth", "aclFile"], aclFile),
    ...sourcesAt(["tls", "ca"], ca),
    ...sourcesAt(["tls", "certificate"], certificate),
    ...sourcesAt(["tls", "key"], key),
  ];
}

function sourcesAt(path: Path, { secretsManager, parameter, file }: SecretSourceConfig = {}): ConfigSource[] {
  const named = { secretsManager, parameter, file };
  return Object.entries(named).flatMap(([key, name]) =>
    name === undefined ? [] : [{ store: key.toLowerCase(), path: [...path, key], name }],
  );
}
