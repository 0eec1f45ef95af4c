import { type Command } from "commander";
import { type ClusterNode } from "../cluster/cluster-nodes";
import { type Endpoint, showEndpoint } from "../cluster/endpoint";
import { statusOf } from "../cluster/node-status";
import { type View } from "../cluster/view";
import { loadConfigs, type LoadedConfig } from "../config/load";
import { ConfigError } from "../config/problem";
import { REDIS_PORT } from "../constructs/access/redis-ports";
import { type Context, EXIT, type Exit } from "./command";
import { clusterOf, defineConnection, endpointsOf } from "./connect";
import { nodeToJson } from "./status/to-json";
import { type Output } from "./output";
import { type Line, styled, wrap } from "./terminal";
import { compare, type Compared, isSame, nameOf, replicasIn } from "./verify/compare";
import { comparisonLines, showKey } from "./verify/page";
import { misuse } from "./misuse";

const WIDTH = 100;

export function define(command: Command): void {
  defineConnection(command);
  command
    .option("--node <host...>", "further nodes to ask, such as one that no master lists")
    .option("--digest", "compare the value of every key, too")
    .option("--rate <keys>", "with --digest, at most this number of keys a second")
    .addHelpText("after", "\nExit codes: 0 all the same, 2 something differs or is not in sync, 1 failure.");
}

/** Compares every replica with its master. */
export async function run({ files, options, output }: Context): Promise<Exit> {
  const rate = rateOf(options["rate"]);
  const results = [];
  // One cluster after the other, and one replica after the other, to bound the load.
  for (const loaded of loadConfigs(files)) results.push(await verify(loaded, options, rate, output));
  output.data(
    results.flatMap((each, index) => [
      ...(index === 0 ? [] : [""]),
      ...page(each, Math.max(WIDTH, output.width)),
    ]),
    { clusters: results.map(toJson) },
  );
  // A right that the user lacks is no difference.
  if (results.some(({ compared }) => compared.some(({ reason }) => reason?.includes("NOPERM"))))
    return EXIT.failure;
  return results.every(isWell) ? EXIT.success : EXIT.differences;
}

interface Verified {
  readonly loaded: LoadedConfig;
  readonly compared: readonly Compared[];
  /** About the cluster as a whole, and about its masters. */
  readonly findings: readonly string[];
}

async function verify(
  loaded: LoadedConfig,
  options: Context["options"],
  rate: number | undefined,
  output: Output,
): Promise<Verified> {
  const cluster = clusterOf(loaded, options);
  try {
    const { node = [] } = options as { node?: readonly string[] };
    const port = loaded.config.redis?.port ?? REDIS_PORT;
    const further = endpointsOf("--node", node, port);
    const view = await cluster.look(further);
    if (view.answering.length === 0)
      throw new ConfigError(silences(cluster.seeds, view).map(asProblem(loaded)));
    const compared: Compared[] = [];
    for (const status of replicasIn(view)) {
      const progress = (keys: number): void => output.progress(`${nameOf(status)}: ${keys} keys compared`);
      const isDigest = options["digest"] === true;
      compared.push(await compare(view, status, cluster.login, { isDigest, rate, progress }));
    }
    output.progress("");
    return { loaded, compared, findings: findingsOf([...cluster.seeds, ...further], view) };
  } finally {
    cluster.close();
  }
}

function asProblem({
  source: { file },
}: LoadedConfig): (message: string) => { file: string; message: string } {
  return (message) => ({ file, message });
}

/** Why these did not answer. */
function silences(asked: readonly Endpoint[], view: View): string[] {
  const reasons = asked.flatMap((endpoint) => {
    const nodes = view.memberAt(endpoint)?.nodes;
    return nodes === undefined || nodes.known ? [] : [nodes.reason];
  });
  return [...new Set(reasons)];
}

function findingsOf(asked: readonly Endpoint[], view: View): string[] {
  const masters = view.owners.map(({ id }) => statusOf(view, id));
  return [
    ...silences(asked, view),
    ...masters.flatMap(({ contradictions, endpoint }) =>
      contradictions.map(
        ({ detail }) => `${endpoint === undefined ? "" : `${showEndpoint(endpoint)}: `}${detail}`,
      ),
    ),
    ...view.owners.flatMap(otherDatabases(view)),
    ...(view.uncovered > 0 ? [`${view.uncovered} slots have no owner`] : []),
  ];
}

/** A cluster of Valkey 9 can have several databases. SCAN and the counts of slots are those of one. */
function otherDatabases(view: View): (owner: ClusterNode) => string[] {
  return ({ id }) =>
    view.membersWith(id).flatMap(({ endpoint, info }) => {
      const found = info.known ? Object.keys(info.value).filter((name) => /^db[1-9]/.test(name)) : [];
      return found.length === 0
        ? []
        : [`${showEndpoint(endpoint)}: only database 0 is compared, and it has keys in ${found.join(", ")}`];
    });
}

function isWell({ compared, findings }: Verified): boolean {
  return findings.length === 0 && compared.every(isSame);
}

function page({ loaded, compared, findings }: Verified, width: number): Line[] {
  const same = compared.filter(isSame).length;
  return [
    [styled("bold", `${loaded.config.name} (${loaded.source.file})`)],
    `  ${same} of ${compared.length} replicas are in sync and the same as their masters`,
    ...comparisonLines(compared, width),
    ...findings.flatMap((text) => wrap(text, width, "  ", "    ")),
  ];
}

function toJson({ loaded, compared, findings }: Verified): Record<string, unknown> {
  return {
    file: loaded.source.file,
    name: loaded.config.name,
    replicas: compared.map(({ status, master, slots, contents, reason }) => ({
      ...nodeToJson(status),
      master_address: master === undefined ? null : showEndpoint(master),
      keys: slots?.keys ?? null,
      slots:
        slots === undefined
          ? null
          : {
              changing: slots.changing,
              differences: slots.differences.map(({ missing, extra, ...counts }) => ({
                ...counts,
                missing: missing.map(showKey),
                extra: extra.map(showKey),
              })),
            },
      contents: contents === undefined ? null : { ...contents, first: contents.first.map(showKey) },
      not_compared: reason ?? null,
    })),
    findings,
  };
}

function rateOf(given: unknown): number | undefined {
  if (given === undefined) return undefined;
  const rate = Number(given);
  if (Number.isInteger(rate) && rate >= 1) return rate;
  const message = `\`--rate\` must be a whole number of keys a second, got: ${JSON.stringify(given)}`;
  throw misuse(message);
}
