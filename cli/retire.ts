import { type Command } from "commander";
import { showAilment } from "../cluster/ailments";
import { Retire, type RetireResult } from "../cluster/retire/retire";
import { parseRetireState, plannedNode, type RetireState } from "../cluster/retire/state";
import { replicaNamed } from "../cluster/roll/selection";
import { isVariable } from "../config/schema/values";
import { type Context, EXIT, type Exit } from "./command";
import { confirm } from "./confirm";
import { groupNames } from "./connect";
import { misuse } from "./misuse";
import {
  defineOperation,
  firstLook,
  interruptible,
  isUntouched,
  operate,
  type Operation,
  positive,
  stateFileOf,
  unfinished,
} from "./operation";
import { type StateFile } from "./state-file";
import { type Line } from "./terminal";
import { forgetGhosts } from "./retire/ghosts";
import { worker } from "./worker";

export function define(command: Command): void {
  defineOperation(command);
  command
    .argument("[node...]", "node ID, private IP or ID of the stateful instance")
    .option("--ghosts", "forget the nodes that are gone instead")
    .option("--timeout <minutes>", "until an instance must be gone (default: 30)")
    .option("--no-wait", "do not watch for 70 s whether a forgotten node comes back")
    .option("--state <file>", "where it is kept how far it is (default: NAME.retire.json beside the config)")
    .addHelpText(
      "after",
      "\nRun it again to continue after a failure or Ctrl-C.\nExit codes: 0 they are gone, 1 failure, 2 stopped before all were gone.",
    );
}

/** Takes replicas out of the cluster and out of their group, or forgets nodes that are gone. */
export function run(context: Context): Promise<Exit> {
  const { args, options } = context;
  if (options["ghosts"] === true) {
    if (args.length > 0) throw misuse("`--ghosts` takes no nodes");
    return operate(context, (operation) => forgetGhosts(operation, context));
  }
  return operate(context, (operation) => retire(operation, context));
}

async function retire(operation: Operation, context: Context): Promise<Exit> {
  const { cluster, client, loaded } = operation;
  const { options, output } = context;
  const { config } = loaded;
  const file = stateFileOf(context, operation, "retire", parseRetireState);
  const timeout = (positive(options["timeout"], "--timeout") ?? 30) * 60_000;
  const state = resumed(file, operation, context) ?? (await begun(operation, context));
  file.claim(state);
  const report = (line: string): void => output.info(line);
  const ended = await interruptible(
    (signal) =>
      new Retire({
        ...{ cluster, client, state, signal, report, timeout },
        save: (next) => file.write(next),
        allowSingleCopy: options["allowSingleCopy"] === true,
        ...(options["wait"] === false ? { watch: 0 } : {}),
      }).run(),
    report,
  );
  const isOver = ended.result === "done" || isUntouched(ended.state.nodes);
  if (isOver) file.remove();
  const changes = configChanges(operation, ended.state);
  output.data(page(ended, changes, file.path), {
    cluster: config.name,
    result: ended.result,
    refusals: ended.refusals,
    state_file: isOver ? null : file.path,
    nodes: ended.state.nodes.map(({ group_id, stateful_instance_id, private_ip, node_id, phase }) => ({
      group_id,
      stateful_instance_id,
      private_ip: private_ip ?? null,
      node_id: node_id ?? null,
      phase,
    })),
    config_changes: changes,
  });
  return ended.result === "done" ? EXIT.success : EXIT.stopped;
}

function resumed(
  file: StateFile<RetireState>,
  operation: Operation,
  { args, output }: Context,
): RetireState | undefined {
  const state = unfinished(file, operation, "the retirement of nodes");
  if (state === undefined) return undefined;
  const names = state.nodes.flatMap((node) => [node.stateful_instance_id, node.private_ip, node.node_id]);
  const other = args.find((name) => !names.includes(name));
  if (other !== undefined)
    throw file.problem(
      `has a retirement that is not finished; run \`retire\` without ${other} to continue it`,
    );
  output.info(`${file.path}: continues the retirement of ${state.started_at}`);
  return state;
}

async function begun(operation: Operation, { args, options, terminal }: Context): Promise<RetireState> {
  if (args.length === 0)
    throw misuse("`retire` needs a node: its node ID, private IP or stateful instance ID, or `--ghosts`");
  const { spot, now } = await firstLook(operation);
  const chosen = [...new Set(args.map((name) => replicaNamed(spot.value.replicas, name)))];
  for (const { group, stateful } of spot.value.fleets) {
    const leaving = chosen.filter((each) => each.group.id === group.id).length;
    if (leaving > 0 && (leaving >= stateful.length || leaving >= group.capacity.target))
      throw misuse(`${group.id} would have no replica left; remove the group from the config instead`);
  }
  const names = chosen.map(({ stateful }) => `${stateful.id} (${stateful.privateIp ?? "no address"})`);
  await confirm(
    `Takes ${names.join(", ")} out of the cluster, and deletes the instance${names.length === 1 ? "" : "s"} with volumes and address.`,
    options["yes"] === true,
    terminal,
  );
  return {
    format_version: "1.0",
    command: "retire",
    cluster: operation.loaded.config.name,
    group_ids: operation.groups.map(({ id }) => id),
    started_at: new Date(now).toISOString(),
    process: worker(),
    nodes: chosen.map(plannedNode),
  };
}

/** A key of the config and the value that makes the next plan empty. */
interface ConfigChange {
  readonly key: string;
  readonly value: number | readonly string[];
}

function configChanges({ loaded, groups }: Operation, { nodes }: RetireState): ConfigChange[] {
  const { config } = loaded;
  const names = groupNames(loaded);
  return groups.flatMap(({ id, name }): ConfigChange[] => {
    const left = nodes.filter(({ group_id, phase }) => group_id === id && phase !== "planned");
    const target = left.at(-1)?.capacity?.target;
    if (target === undefined) return [];
    // `--group` can name them in any order.
    const shard = config.shards?.[names.indexOf(name)];
    const at = shard === undefined ? "" : `shards.${shard.name}.`;
    const { replicas, privateIps } = shard ?? config;
    const key = isVariable(replicas) ? `var.${replicas.variable}` : `${at}replicas`;
    const gone = left.map(({ private_ip }) => private_ip);
    const literal = Array.isArray(privateIps) ? privateIps.filter((each) => typeof each === "string") : [];
    const isPooled = literal.some((address) => gone.includes(address));
    const addresses = literal.filter((address) => !gone.includes(address));
    return [{ key, value: target }, ...(isPooled ? [{ key: `${at}privateIps`, value: addresses }] : [])];
  });
}

function page(
  { result, refusals, state }: RetireResult,
  changes: readonly ConfigChange[],
  path: string,
): Line[] {
  const gone = state.nodes.filter(({ phase }) => phase === "retired").length;
  const lines = [`${gone} of ${state.nodes.length} nodes left the cluster and their group.`];
  const edits =
    changes.length === 0
      ? []
      : [
          "Change the config, so that the next plan is empty:",
          ...changes.map(({ key, value }) => `  ${key}: ${JSON.stringify(value)}`),
        ];
  if (result === "done") return [...lines, ...edits];
  const next = isUntouched(state.nodes)
    ? "Nothing was deleted."
    : `Run \`retire\` again to continue (${path}).`;
  if (result === "interrupted") return [...lines, ...edits, `Stopped. ${next}`];
  return [
    ...lines,
    ...edits,
    "Stopped, since this must be resolved first:",
    ...refusals.map((each) => `  ${showAilment(each)}`),
    next,
  ];
}
