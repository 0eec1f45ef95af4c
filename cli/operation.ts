import { type Command } from "commander";
import { type Cluster } from "../cluster/cluster";
import { groupNamed } from "../cluster/fleet";
import { observe, type Situation, type SpotSituation } from "../cluster/situation";
import { type SpotClient } from "../cluster/spot/client";
import { type SpotGroup } from "../cluster/spot/group";
import { loadConfigs, type LoadedConfig } from "../config/load";
import { ConfigError } from "../config/problem";
import { type Context } from "./command";
import { clusterOf, defineConnection, groupNames, spotOf } from "./connect";

/** The cluster and the groups of a config, for a command that changes them. */
export interface Operation {
  readonly loaded: LoadedConfig;
  readonly cluster: Cluster;
  readonly client: SpotClient;
  readonly groups: readonly SpotGroup[];
}

/** The options of all commands that change a running cluster. */
export function defineOperation(command: Command): void {
  defineConnection(command);
  command
    .option("--group <id...>", "the groups in Spot, by their IDs (default: by their names in the config)")
    .option("--allow-single-copy", "accept that a shard has one copy of its data meanwhile")
    .option("--yes", "do not ask");
}

/** Runs work on the cluster and the groups of the one config. Connections end with it. */
export async function operate<T>(
  { files, options }: Context,
  work: (operation: Operation) => Promise<T>,
): Promise<T> {
  if (files.length > 1)
    throw misuse(`\`--config\` must name one file for this command, got: ${files.length}`);
  const loaded = loadConfigs(files)[0]!;
  const client = spotOf(loaded);
  const cluster = clusterOf(loaded, options);
  try {
    const ids = options["group"] as readonly string[] | undefined;
    const names = groupNames(loaded);
    const found =
      ids === undefined
        ? await client.groups().then((all) => names.map((name) => groupNamed(all, name)))
        : await Promise.all([...new Set(ids)].map((id) => client.group(id)));
    return await work({ loaded, cluster, client, groups: found });
  } finally {
    cluster.close();
  }
}

/** A look at the cluster and the groups before anything is done. Throws if either does not answer at all. */
export async function firstLook({
  cluster,
  client,
  groups,
}: Operation): Promise<
  Situation & { readonly spot: { readonly known: true; readonly value: SpotSituation } }
> {
  const situation = await observe(
    cluster,
    client,
    groups.map(({ id }) => id),
  );
  const { view, spot } = situation;
  if (view.answering.length === 0) {
    const reasons = view.members.map(({ nodes }) => (nodes.known ? "" : nodes.reason));
    throw misuse(`no master answers: ${reasons.join("; ")}`);
  }
  if (!spot.known) throw misuse(spot.reason);
  return { ...situation, spot };
}

/**
 * Runs work that Ctrl-C and SIGTERM stop in order: the signal is set, and the work returns. A second signal ends the
 * process at once.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  report: (line: string) => void,
): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => {
    report("stops after the present step; a second Ctrl-C ends it at once");
    controller.abort();
    for (const name of SIGNALS) process.removeListener(name, stop);
  };
  for (const name of SIGNALS) process.once(name, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of SIGNALS) process.removeListener(name, stop);
  }
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** A positive number of an option. */
export function positive(value: unknown, option: string): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (number > 0 && Number.isFinite(number)) return number;
  throw misuse(`\`${option}\` must be a number above 0, got: ${JSON.stringify(value)}`);
}

export function misuse(message: string): ConfigError {
  return new ConfigError([{ file: "redis-elastigroup", message }]);
}
