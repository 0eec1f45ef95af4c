import { readFileSync } from "node:fs";
import { type Command } from "commander";
import { Cluster } from "../cluster/cluster";
import { type Endpoint, parseEndpoint } from "../cluster/endpoint";
import { groupNamed } from "../cluster/fleet";
import { type Login } from "../cluster/login";
import { SpotClient, type SpotClientProps } from "../cluster/spot/client";
import { spotCredentials } from "../cluster/spot/credentials";
import { type SpotGroup } from "../cluster/spot/group";
import { DEFAULT_USERNAME } from "../constructs/redis/auth";
import { REDIS_PORT } from "../constructs/access/redis-ports";
import { type LoadedConfig } from "../config/load";
import { ConfigError, type Problem } from "../config/problem";
import { isVariable, type OrVariable } from "../config/schema/values";
import { isInZone } from "../config/schema/masters";
import { type Context } from "./command";
import { misuse } from "./misuse";

/** The options with which a command reaches the cluster of a config. */
export function defineConnection(command: Command): void {
  command
    .option("--masters <host...>", "the masters (default: `masters`)")
    .option("--user <name>", "the user of Redis (default: `auth.username`)")
    .option("--password-file <file>", "a file with the password (default: the variable REDISCLI_AUTH)")
    .option("--cacert <file>", "the authorities of the servers' certificates, as PEM")
    .option("--cert <file>", "a client certificate, as PEM")
    .option("--key <file>", "the key of the client certificate, as PEM");
}

interface ConnectionOptions {
  readonly masters?: readonly string[];
  readonly user?: string;
  readonly passwordFile?: string;
  readonly cacert?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** The cluster of a config. Throws one `ConfigError` with everything that is missing for a connection. */
export function clusterOf(loaded: LoadedConfig, options: Context["options"]): Cluster {
  const given = options as ConnectionOptions;
  const problems: Problem[] = [];
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const port = loaded.config.redis?.port ?? REDIS_PORT;
  const seeds = attempt(() => endpointsOf("--masters", mastersOf(loaded, given), port));
  const login = attempt(() => loginOf(loaded, given));
  if (seeds === undefined || login === undefined) throw new ConfigError(problems);
  return new Cluster(seeds, login);
}

/** The endpoints of an option, such as `--node`. Throws a `ConfigError` for a text of another form. */
export function endpointsOf(option: string, texts: readonly string[], port: number): Endpoint[] {
  return texts.map((text) => {
    const endpoint = parseEndpoint(text, port);
    if (endpoint.host !== "" && endpoint.port >= 1 && endpoint.port <= 65_535) return endpoint;
    throw misuse(`\`${option}\` must be HOST or HOST:PORT, got: ${JSON.stringify(text)}`);
  });
}

/** A client of the Spot API for the account of a config. Throws a `ConfigError` if there is no token. */
export function spotOf(loaded: LoadedConfig): SpotClient {
  const client = spotIfAny(loaded);
  if (client !== undefined) return client;
  throw problem(
    loaded.source.file,
    "no credentials of Spot; set SPOTINST_TOKEN and SPOTINST_ACCOUNT, or write ~/.spotinst/credentials",
  );
}

/** The same; undefined if there is no token. */
export function spotIfAny(
  { config }: LoadedConfig,
  limits: Pick<SpotClientProps, "timeout" | "patience" | "signal"> = {},
): SpotClient | undefined {
  const credentials = spotCredentials();
  if (credentials === undefined) return undefined;
  const account = config.account ?? credentials.account;
  return new SpotClient({
    ...limits,
    token: credentials.token,
    ...(account === undefined ? {} : { account }),
    ...(process.env["SPOTINST_API_URL"] ? { url: process.env["SPOTINST_API_URL"] } : {}),
  });
}

/** A config's groups in Spot: by their names, or by `ids`. */
export async function groupsOf(
  client: SpotClient,
  loaded: LoadedConfig,
  ids: readonly string[] | undefined,
): Promise<SpotGroup[]> {
  if (ids !== undefined) return Promise.all(ids.map((id) => client.group(id)));
  const all = await client.groups();
  return groupNames(loaded).map((name) => groupNamed(all, name));
}

/** The names of a config's groups in Spot: one, or one for each shard. */
export function groupNames({ config }: LoadedConfig): string[] {
  return config.shards?.map(({ name }) => `${config.name}-${name}`) ?? [config.name];
}

function mastersOf({ config, source }: LoadedConfig, { masters }: ConnectionOptions): readonly string[] {
  if (masters !== undefined) return masters;
  const hosts = isVariable(config.masters)
    ? undefined
    : config.masters.map((master) => (isInZone(master) ? master.host : master));
  const texts = hosts?.filter((host): host is string => typeof host === "string") ?? [];
  if (texts.length > 0) return texts;
  const message = "`masters` is known only to Terraform; give `--masters`";
  throw new ConfigError([{ file: source.file, at: source.keyPosition(["masters"]), message }]);
}

function loginOf({ config: { auth, tls }, source }: LoadedConfig, options: ConnectionOptions): Login {
  const { user = textOf(auth?.username) ?? DEFAULT_USERNAME, passwordFile, cacert, cert, key } = options;
  const isAsked = auth !== undefined || options.user !== undefined || passwordFile !== undefined;
  const password = passwordFile === undefined ? process.env["REDISCLI_AUTH"] : passwordIn(passwordFile);
  if (isAsked && !password)
    throw problem(
      source.file,
      `no password of the user ${user}; set REDISCLI_AUTH or give \`--password-file\``,
    );
  if ((cert === undefined) !== (key === undefined))
    throw misuse("`--cert` and `--key` must be given together");
  const files = [cacert, cert, key].filter((file) => file !== undefined);
  files.forEach(readable);
  const isTls = tls !== undefined || files.length > 0;
  return {
    ...(isAsked ? { user, password: password! } : {}),
    ...(isTls
      ? {
          tls: {
            ...(cacert === undefined ? {} : { ca: cacert }),
            ...(cert === undefined ? {} : { certificate: cert, key: key! }),
          },
        }
      : {}),
  };
}

/** The first line of a file, since editors end a file with a line break. */
function passwordIn(file: string): string {
  return readable(file).split(/\r?\n/, 1)[0] ?? "";
}

function readable(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw problem(file, `cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}

function textOf(value: OrVariable<string> | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function problem(file: string, message: string): ConfigError {
  return new ConfigError([{ file, message }]);
}
