import { type Command } from "commander";
import { showAilment } from "../cluster/ailments";
import { Roll, type RollProps, type RollResult } from "../cluster/roll/roll";
import { selectTargets, type Selection } from "../cluster/roll/selection";
import { parseRollState, phaseSeconds, type RollState } from "../cluster/roll/state";
import { type SpotGroup } from "../cluster/spot/group";
import { type Context, EXIT, type Exit } from "./command";
import { confirm } from "./confirm";
import { misuse } from "./misuse";
import {
  defineOperation,
  firstLook,
  interruptible,
  isUntouched,
  notNegative,
  operate,
  type Operation,
  positive,
  stateFileOf,
  unfinished,
} from "./operation";
import { type StateFile } from "./state-file";
import { type Line } from "./terminal";
import { worker } from "./worker";

export function define(command: Command): void {
  defineOperation(command);
  command
    .option("--only <name...>", "these replicas, each by node ID, private IP or ID of its stateful instance")
    .option("--one", "only the first replica")
    .option("--fresh-root", "replace the root volumes, such as for another image: see docs/operations.md")
    .option("--timeout <minutes>", "until a replica must be in sync again (default: 30)")
    .option("--settle <seconds>", "until user data has run on a replica that is in sync again (default: 60)")
    .option("--state <file>", "where it is kept how far it is (default: NAME.roll.json beside the config)")
    .addHelpText(
      "after",
      "\nRun it again to continue after a failure or Ctrl-C.\nExit codes: 0 all are in sync, 1 failure, 2 stopped before all were done.",
    );
}

/** Recycles the running replicas one after the other. */
export function run(context: Context): Promise<Exit> {
  return operate(context, async (operation) => {
    const file = rollFile(context, operation);
    const state = resumed(file, operation, context) ?? (await begun(operation, context));
    if (state === undefined) {
      context.output.data(["No replica is running."], toJson(undefined, file.path));
      return EXIT.success;
    }
    const { result, ...rest } = await interruptible(
      (signal) => roll(context, operation, file, state, { signal }),
      (line) => context.output.info(line),
    );
    context.output.data(page({ result, ...rest }, file.path), toJson({ result, ...rest }, file.path));
    return result === "done" ? EXIT.success : EXIT.stopped;
  });
}

/** Runs a roll to its end, or until the signal, and removes its state if nothing is left to do. */
export async function roll(
  { options, output }: Context,
  { cluster, client }: Operation,
  file: StateFile<RollState>,
  state: RollState,
  props: Pick<RollProps, "signal" | "beforeRecycle" | "times">,
): Promise<RollResult> {
  const minutes = positive(options["timeout"], "--timeout");
  const seconds = notNegative(options["settle"], "--settle");
  file.claim(state);
  const ended = await new Roll({
    ...{ cluster, client, state },
    save: (next) => file.write(next),
    report: (line) => output.info(line),
    allowSingleCopy: options["allowSingleCopy"] === true,
    ...props,
    times: {
      ...(minutes === undefined ? {} : { replica: minutes * 60_000 }),
      ...(seconds === undefined ? {} : { settle: seconds * 1000 }),
      ...props.times,
    },
  }).run();
  if (isOver(ended)) file.remove();
  return ended;
}

/** Whether nothing is left to continue. */
function isOver({ result, state }: RollResult): boolean {
  return result === "done" || isUntouched(state.replicas);
}

/** The file of a config's roll. */
export function rollFile(context: Context, operation: Operation): StateFile<RollState> {
  return stateFileOf(context, operation, "roll", parseRollState);
}

/** The roll that a state file has. Throws if it is that of another config or group, or has other options. */
function resumed(
  file: StateFile<RollState>,
  operation: Operation,
  { options, output }: Context,
): RollState | undefined {
  const state = unfinished(file, operation, "the roll");
  if (state === undefined) return undefined;
  if (
    options["only"] !== undefined ||
    options["one"] === true ||
    (options["freshRoot"] === true && !state.fresh_root)
  )
    throw file.problem(
      "has a roll that is not finished; run `roll` without `--only`, `--one` and `--fresh-root` to continue it, or remove the file",
    );
  const left = state.replicas.filter(({ phase }) => phase !== "in_sync").length;
  output.info(
    `${file.path}: continues the roll of ${state.started_at}; ${left} of ${state.replicas.length} replicas are left`,
  );
  return state;
}

/** A new roll, after a confirmation. Undefined if there is nothing to recycle. */
async function begun(operation: Operation, context: Context): Promise<RollState | undefined> {
  const { options, terminal } = context;
  const isFresh = options["freshRoot"] === true;
  if (isFresh) operation.groups.forEach(requireOtherPersistence);
  const state = await newRoll(operation, options, isFresh);
  const count = state.replicas.length;
  if (count === 0) return undefined;
  const what = count === 1 ? "1 replica" : `${count} replicas, one after the other`;
  const roots = isFresh ? ` ${rootLoss(operation)}` : "";
  await confirm(`Recycles ${what} of ${state.cluster}.${roots} Continue?`, options["yes"] === true, terminal);
  return state;
}

/** The state of a roll that has not begun. */
export async function newRoll(
  operation: Operation,
  selection: Selection,
  isFresh: boolean,
): Promise<RollState> {
  const { spot, now } = await firstLook(operation);
  return {
    format_version: "1.0",
    command: "roll",
    cluster: operation.loaded.config.name,
    group_ids: operation.groups.map(({ id }) => id),
    fresh_root: isFresh,
    started_at: new Date(now).toISOString(),
    process: worker(),
    root_persistence_off: [],
    replicas: selectTargets(spot.value.replicas, selection, now),
  };
}

/** Without any persistence, a group is not stateful, and a recycle is not possible. */
function requireOtherPersistence({ id, strategy }: SpotGroup): void {
  const { shouldPersistBlockDevices, shouldPersistPrivateIp } = strategy?.persistence ?? {};
  if (shouldPersistBlockDevices !== true && shouldPersistPrivateIp !== true)
    throw misuse(
      `\`--fresh-root\` is not possible for ${id}: it persists nothing but root volumes, so it would not be stateful meanwhile`,
    );
}

function rootLoss({ loaded: { config } }: Operation): string {
  const data =
    config.dataVolume === undefined
      ? "with Redis's data, and each replica joins as a new node with a full resync"
      : "with all that is not on the data volume";
  return `Their root volumes are deleted ${data}. An instance of the group that is interrupted meanwhile loses its root volume, too.`;
}

function page({ result, refusals, state }: RollResult, path: string): Line[] {
  const done = state.replicas.filter(({ phase }) => phase === "in_sync").length;
  const lines = [`${done} of ${state.replicas.length} replicas were recycled and are in sync.`];
  if (result === "done") return lines;
  const next = isUntouched(state.replicas)
    ? "Nothing was changed."
    : `Run \`roll\` again, without \`--only\` and \`--one\`, to continue (${path}).`;
  return result === "interrupted"
    ? [...lines, `Stopped. ${next}`]
    : [
        ...lines,
        "Stopped, since this must be resolved first:",
        ...refusals.map((each) => `  ${showAilment(each)}`),
        next,
      ];
}

function toJson(ended: RollResult | undefined, path: string): Record<string, unknown> {
  const replicas = ended?.state.replicas ?? [];
  return {
    cluster: ended?.state.cluster ?? null,
    result: ended?.result ?? "done",
    fresh_root: ended?.state.fresh_root ?? false,
    refusals: ended?.refusals ?? [],
    state_file: ended === undefined || isOver(ended) ? null : path,
    replicas: replicas.map((target) => ({
      group_id: target.group_id,
      stateful_instance_id: target.stateful_instance_id,
      private_ip: target.private_ip ?? null,
      phase: target.phase,
      previous_instance_id: target.instance_id ?? null,
      instance_id: target.new_instance_id ?? null,
      previous_node_id: target.node_id ?? null,
      node_id: target.new_node_id ?? null,
      seconds: phaseSeconds(target, Date.now()),
    })),
  };
}
