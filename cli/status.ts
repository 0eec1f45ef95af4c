import { type Command } from "commander";
import { lacksRight } from "../cluster/ailments";
import { loadConfigs, type LoadedConfig } from "../config/load";
import { ConfigError, type Problem } from "../config/problem";
import { REDIS_PORT } from "../constructs/access/redis-ports";
import { type Context, EXIT, type Exit } from "./command";
import { clusterOf, defineConnection, endpointsOf, spotIfAny } from "./connect";
import { type Output } from "./output";
import { type Cost, costOf, type Prices, pricesOf, showCost } from "./status/cost";
import { isHealthy, type Look, look, type Sources } from "./status/look";
import { page } from "./status/page";
import { lookToJson } from "./status/to-json";
import { changes, pauseOf, untilInterrupted } from "./status/watch";
import { type Line, wrap } from "./terminal";
import { silenceOf } from "./unanswered";

/** Milliseconds that one request to the Spot API may take: a look makes two in turn, and must end within 15 s. */
const SPOT_LIMIT = 4000;

export function define(command: Command): void {
  defineConnection(command);
  command
    .option("--node <host...>", "further nodes to ask, such as one that no master lists")
    .option("--group <id...>", "the groups in Spot (default: those with the names of the config)")
    .option("--watch [seconds]", "look again every 5 seconds, or as given, until Ctrl-C")
    .option("--cost", "print the spot and on-demand shares, and their cost by the given prices")
    .option("--price <type=usd...>", "the price of an on-demand type, in USD an hour")
    .option("--spot-price <type=usd...>", "the price of a spot type, in USD an hour")
    .addHelpText("after", "\nExit codes: 0 all in sync, 2 something is not or disagrees, 1 failure.");
}

/** Prints the state of every replica, as Spot and as every master see it. */
export async function run({ files, options, output }: Context): Promise<Exit> {
  const prices = options["cost"] === true ? pricesOf(options) : undefined;
  const pause = options["watch"] === undefined ? undefined : pauseOf(options["watch"]);
  const stop = new AbortController();
  const sources = loadConfigs(files).map((loaded) => sourcesOf(loaded, options, stop.signal));
  const lookAll = (): Promise<Look[]> => Promise.all(sources.map(look));
  try {
    if (pause === undefined) return once(await lookAll(), sources, prices, output);
    await watch(lookAll, prices, pause, output);
    return EXIT.success;
  } finally {
    stop.abort();
    for (const { cluster } of sources) cluster.close();
  }
}

function sourcesOf(loaded: LoadedConfig, options: Context["options"], signal: AbortSignal): Sources {
  const { node = [], group } = options as { node?: readonly string[]; group?: readonly string[] };
  const port = loaded.config.redis?.port ?? REDIS_PORT;
  return {
    loaded,
    cluster: clusterOf(loaded, options),
    spot: spotIfAny(loaded, { patience: SPOT_LIMIT, signal }),
    groupIds: group,
    nodes: endpointsOf("--node", node, port),
  };
}

function once(
  looks: readonly Look[],
  sources: readonly Sources[],
  prices: Prices | undefined,
  output: Output,
): Exit {
  const problems = looks.flatMap((each, index) => failuresOf(each, sources[index]!));
  // A page without any answer has nothing but these reasons.
  if (looks.every(({ view }) => view.answering.length === 0)) throw new ConfigError(problems);
  for (const { file, message } of problems) output.record({ file, message });
  const { lines, object } = shown(looks, prices, output.width);
  output.data(lines, object);
  if (problems.length > 0 || looks.some(({ view }) => lacksRight(view))) return EXIT.failure;
  return looks.every(isHealthy) ? EXIT.success : EXIT.differences;
}

/** Why there is no whole answer: the reason of each seed if none answered, and that of Spot. */
function failuresOf({ loaded, spot, view }: Look, { cluster }: Sources): Problem[] {
  return [
    ...silenceOf(loaded, cluster, view),
    ...("groups" in spot || !spot.isFailure ? [] : [{ file: loaded.source.file, message: spot.reason }]),
  ];
}

function shown(
  looks: readonly Look[],
  prices: Prices | undefined,
  width: number,
): { lines: Line[]; object: Record<string, unknown> } {
  const costs = looks.map(({ replicas }) => prices && costOf(replicas, prices, Date.now()));
  return {
    lines: looks.flatMap((each, index) => [
      ...(index === 0 ? [] : [""]),
      ...page(each, width),
      ...costLines(costs[index], width),
    ]),
    object: { clusters: looks.map((each, index) => lookToJson(each, costs[index])) },
  };
}

function costLines(cost: Cost | undefined, width: number): string[] {
  return cost === undefined ? [] : showCost(cost).flatMap((line) => wrap(line, width, "  ", "    "));
}

/** Looks until Ctrl-C. A terminal shows the present look; otherwise a look is printed if it differs from the one before. */
async function watch(
  lookAll: () => Promise<Look[]>,
  prices: Prices | undefined,
  pause: number,
  output: Output,
): Promise<void> {
  const isNew = changes();
  await untilInterrupted(pause, async () => {
    const looks = await lookAll();
    return () => {
      const { lines, object } = shown(looks, prices, output.width);
      const time = new Date().toISOString();
      if (isNew(looks) || output.isTerminal || output.json)
        output.frame([time, ...lines], { time, ...object });
    };
  });
}
