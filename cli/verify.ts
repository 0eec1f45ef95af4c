import { type Command } from "commander";
import {
  type Ailment,
  ailmentsOfCluster,
  ailmentsOfNode,
  ailmentsOfUnlisted,
  lacksRight,
  nodeName,
  showAilments,
} from "../cluster/ailments";
import { type ClusterNode } from "../cluster/cluster-nodes";
import { showEndpoint } from "../cluster/endpoint";
import { statusOf } from "../cluster/node-status";
import { type View } from "../cluster/view";
import { loadConfigs, type LoadedConfig } from "../config/load";
import { REDIS_PORT } from "../constructs/access/redis-ports";
import { REPLICAS } from "../constructs/validation/limits";
import { type Context, EXIT, type Exit } from "./command";
import { clusterOf, defineConnection, endpointsOf } from "./connect";
import { plural } from "./findings";
import { nodeToJson } from "./status/to-json";
import { type Output } from "./output";
import { type Line, styled, wrap } from "./terminal";
import { after, compare, type Compared, isSame, nameOf, replicasIn } from "./verify/compare";
import { comparisonLines, showKey } from "./verify/page";
import { misuse } from "./misuse";
import { requireAnswer } from "./unanswered";

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
  const isRefused = ({ lacksRight: isAtLook, compared }: Verified): boolean =>
    isAtLook || compared.some(({ obstacle }) => obstacle?.cause === "permission");
  if (results.some(isRefused)) return EXIT.failure;
  return results.every(isWell) ? EXIT.success : EXIT.differences;
}

/** An ailment, or another thing that is not as it should be. */
type Finding = Omit<Ailment, "kind"> & { readonly kind: string };

interface Verified {
  readonly loaded: LoadedConfig;
  readonly compared: readonly Compared[];
  /** Whether the user lacks a right at a member. */
  readonly lacksRight: boolean;
  /** About the cluster as a whole, and about its other nodes. */
  readonly findings: readonly Finding[];
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
    const before = await cluster.look(further);
    requireAnswer(loaded, cluster, before);
    const comparisons: Compared[] = [];
    for (const status of replicasIn(before)) {
      const progress = (keys: number): void => output.progress(`${nameOf(status)}: ${keys} keys compared`);
      const isDigest = options["digest"] === true;
      comparisons.push(await compare(before, status, cluster.login, { isDigest, rate, progress }));
    }
    output.progress("");
    const view = await cluster.look(further);
    requireAnswer(loaded, cluster, view);
    const compared = comparisons.map((each) => after(view, each));
    return { loaded, compared, lacksRight: lacksRight(view), findings: findingsOf(loaded, compared, view) };
  } finally {
    cluster.close();
  }
}

/** What is wrong with everything that is not a replica which is compared. */
function findingsOf(loaded: LoadedConfig, compared: readonly Compared[], view: View): Finding[] {
  const replicas = new Set(compared.map(({ status }) => status.id));
  const others = view.ids.filter((id) => !replicas.has(id));
  return [
    ...ailmentsOfUnlisted(view),
    ...others.flatMap((id) => ailmentsOfNode(view, statusOf(view, id))),
    ...ofCount(loaded, compared.length),
    ...view.owners.flatMap((owner) => ofDatabases(view, owner)),
    ...ailmentsOfCluster(view),
  ];
}

/** Replicas that the cluster has forgotten, or that have never joined. */
function ofCount({ config }: LoadedConfig, listed: number): Finding[] {
  const counts = (config.shards ?? [config]).map(({ replicas }) => replicas);
  // Only Terraform knows the value of a variable.
  const isKnown = counts.every((count) => typeof count === "number");
  const least = counts.reduce<number>(
    (sum, count) => sum + (typeof count === "number" ? count : REPLICAS.least),
    0,
  );
  if (listed >= least) return [];
  const has = listed === 0 ? "none" : String(listed);
  const detail = `the config has ${isKnown ? "" : "at least "}${plural(least, "replica")}, and the members list ${has}`;
  return [{ subject: "the cluster", kind: "missing_replica", detail }];
}

/** A cluster of Valkey 9 can have several databases. SCAN and the counts of slots are those of one. */
function ofDatabases(view: View, { id }: ClusterNode): Finding[] {
  return view.membersWith(id).flatMap(({ endpoint, info }) => {
    const found = info.known ? Object.keys(info.value).filter((name) => /^db[1-9]/.test(name)) : [];
    if (found.length === 0) return [];
    const detail = `only database 0 is compared, and it has keys in ${found.join(", ")}`;
    return [{ subject: nodeName({ id, endpoint }), kind: "other_database", detail }];
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
    ...showAilments(findings).flatMap((text) => wrap(text, width, "  ", "    ")),
  ];
}

function toJson({ loaded, compared, findings }: Verified): Record<string, unknown> {
  return {
    file: loaded.source.file,
    name: loaded.config.name,
    replicas: compared.map(({ status, master, slots, contents, obstacle }) => ({
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
      not_compared: obstacle?.reason ?? null,
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
