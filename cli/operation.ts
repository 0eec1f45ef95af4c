import { resolve } from "node:path";
import { type Command } from "commander";
import { type Cluster } from "../cluster/cluster";
import { observe, type Situation, type SpotSituation } from "../cluster/situation";
import { type SpotClient } from "../cluster/spot/client";
import { type SpotGroup } from "../cluster/spot/group";
import { loadConfigs, type LoadedConfig } from "../config/load";
import { type Context } from "./command";
import { clusterOf, defineConnection, groupsOf, spotOf } from "./connect";
import { misuse } from "./misuse";
import { lockPath, StateFile, statePath } from "./state-file";
import { requireAnswer } from "./unanswered";
import { worker, type Worker } from "./worker";

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
    const groups = await groupsOf(client, loaded, ids && [...new Set(ids)]);
    return await work({ loaded, cluster, client, groups });
  } finally {
    cluster.close();
  }
}

/** A look at the cluster and the groups before anything is done. Throws if either does not answer at all. */
export async function firstLook({
  loaded,
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
  requireAnswer(loaded, cluster, view);
  if (!spot.known) throw misuse(spot.reason);
  return { ...situation, spot };
}

/** What the state of every operation has. */
interface Unfinished {
  readonly cluster: string;
  readonly group_ids: readonly string[];
  readonly process: Worker;
}

/** The file that keeps how far a command is: `--state`, or the one beside the config. */
export function stateFileOf<State extends Unfinished>(
  { options }: Context,
  { loaded: { config, source } }: Operation,
  command: (typeof STATEFUL)[number],
  parse: (text: string) => State,
): StateFile<State> {
  const pathOf = (each: string): string => statePath(source.file, config.name, each);
  const path = (options["state"] as string | undefined) ?? pathOf(command);
  const isElsewhere = resolve(path) !== resolve(pathOf(command));
  const others = STATEFUL.filter((each) => each !== command || isElsewhere).map(pathOf);
  // The folder of the config may be read-only where the state is elsewhere.
  return new StateFile(path, parse, others, isElsewhere ? undefined : lockPath(source.file, config.name));
}

/** The commands that keep a state. `drill` keeps that of a roll. */
const STATEFUL = ["roll", "retire"] as const;

/** The state that this process continues, if there is one. Throws if it is that of another config or group. */
export function unfinished<State extends Unfinished>(
  file: StateFile<State>,
  { loaded: { config }, groups }: Operation,
  what: string,
): State | undefined {
  const state = file.read();
  if (state === undefined) return undefined;
  const ids = groups.map(({ id }) => id);
  if (state.cluster !== config.name || ids.join() !== state.group_ids.join())
    throw file.problem(
      `has ${what} of ${state.cluster} (${state.group_ids.join(", ")}), not of ${config.name} (${ids.join(", ")}); give another file with \`--state\``,
    );
  return { ...state, process: worker() };
}

/** Whether nothing has begun, so that nothing is left to continue. */
export function isUntouched(items: readonly { readonly phase: string }[]): boolean {
  return items.every(({ phase }) => phase === "planned");
}

/**
 * Runs work that Ctrl-C, SIGTERM and the end of the terminal stop in order: the signal is set, and the work returns. A second
 * signal ends the process at once.
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

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A positive number of an option. */
export function positive(value: unknown, option: string): number | undefined {
  return numberOf(value, (number) => number > 0, `\`${option}\` must be a number above 0`);
}

/** A number of an option that is 0 or above. */
export function notNegative(value: unknown, option: string): number | undefined {
  return numberOf(value, (number) => number >= 0, `\`${option}\` must be a number from 0 on`);
}

function numberOf(value: unknown, is: (number: number) => boolean, rule: string): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (value !== "" && is(number) && Number.isFinite(number)) return number;
  throw misuse(`${rule}, got: ${JSON.stringify(value)}`);
}
