import { type SecretSource } from "../access/secret-source";
import { type Path } from "../validation/path";
import { type RedisAuth } from "./auth";
import { type RedisTls } from "./tls";

/** What names the sources of a replica's secrets. */
export interface SecretProps {
  readonly auth?: RedisAuth;
  readonly tls?: RedisTls;
}

/** Every source that replicas read. */
export function secretSources(props: SecretProps): SecretSource[] {
  return placedSources(props).map(([, source]) => source);
}

/** The same, each with its place among the properties. */
export function placedSources({ auth, tls }: SecretProps): [path: Path, source: SecretSource][] {
  const all: [path: Path, source: SecretSource | undefined][] = [
    [["auth", "password"], auth?.password],
    [["auth", "aclFile"], auth?.aclFile],
    [["tls", "ca"], tls?.ca],
    [["tls", "certificate"], tls?.certificate],
    [["tls", "key"], tls?.key],
  ];
  return all.flatMap(([path, source]) => (source === undefined ? [] : [[path, source]]));
}
