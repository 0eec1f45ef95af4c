import { type Command } from "commander";
import { showAilment } from "../cluster/ailments";
import { type Cluster } from "../cluster/cluster";
import { type ClusterNode } from "../cluster/cluster-nodes";
import { type Drill, MOMENT_NAMES } from "../cluster/drill/drill";
import { type Moment, MOMENTS, Recovery } from "../cluster/drill/recovery";
import { PREFIX, ShardWriter, TTL } from "../cluster/drill/writer";
import { type Endpoint } from "../cluster/endpoint";
import { statusOf } from "../cluster/node-status";
import { type RollResult } from "../cluster/roll/roll";
import { type Selection } from "../cluster/roll/selection";
import { type RollState } from "../cluster/roll/state";
import { nextStep, type Refusal } from "../cluster/roll/step";
import { type Context, EXIT, type Exit } from "./command";
import { confirm } from "./confirm";
import { drillPage } from "./drill-page";
import { misuse } from "./misuse";
import { defineOperation, firstLook, interruptible, isUntouched, operate, type Operation } from "./operation";
import { newRoll, roll, rollFile } from "./roll";
import { type StateFile } from "./state-file";
import { type Line } from "./terminal";
import { requireWritable, writeFile } from "./write-file";

export function define(command: Command): void {
  defineOperation(command);
  command
    .option("--only <name>", "this replica, by node ID, private IP or ID of its stateful instance")
    .option("--html <file>", "write the report as one HTML page")
    .option("--timeout <minutes>", "until the replica must be in sync again (default: 30)")
    .option("--state <file>", "as for `roll`, which continues a drill that was stopped")
    .addHelpText(
      "after",
      `\nWrites keys ${PREFIX}* to the replica's shard, and removes them at the end.\nExit codes: 0 in sync and nothing acknowledged was lost, 1 failure, 2 stopped or something was lost.`,
    );
}

/** Recycles one replica while it writes to its shard, and measures. */
export function run(context: Context): Promise<Exit> {
  return operate(context, (operation) => drill(operation, context));
}

async function drill(operation: Operation, context: Context): Promise<Exit> {
  const { options, output, terminal } = context;
  const file = rollFile(context, operation);
  if (file.read() !== undefined)
    throw file.problem("has a roll that is not finished; run `roll` to continue it before a drill");
  const only = options["only"] as string | undefined;
  const selection: Selection = { one: true, ...(only === undefined ? {} : { only: [only] }) };
  const state = await newRoll(operation, selection, false);
  const [target] = state.replicas;
  if (target === undefined) throw misuse("no replica is running");
  const name = `${target.stateful_instance_id} (${target.private_ip ?? "no address"})`;
  await confirm(
    `Recycles ${name}, and writes keys ${PREFIX}* to its shard, which it removes at the end (or which expire after ${TTL / 60} minutes).`,
    options["yes"] === true,
    terminal,
  );
  const situation = await firstLook(operation);
  const rules = {
    allowSingleCopy: options["allowSingleCopy"] === true,
    freshRoot: false,
    grace: 0,
    settle: 0,
  };
  const step = nextStep(target, situation, rules);
  if (step.do === "refuse") return stopped(step.reasons, state, undefined, context);
  const status = statusOf(situation.view, target.node_id!);
  const owner = situation.view.agreed(status.role === "owner" ? status.id : (status.master ?? ""));
  if (owner === undefined || status.endpoint === undefined) throw misuse(`${name}: its shard is not known`);
  const html = options["html"] as string | undefined;
  if (html !== undefined) requireWritable(html);
  // One for all of it: a signal while the keys are removed would leave them.
  const { writer, recovery, ended, outcome, isCleaned } = await interruptible(
    (signal) =>
      recorded({ ...{ context, operation, file, state, signal, owner }, endpoint: status.endpoint! }),
    (line) => output.info(line),
  );
  if (recovery === undefined || outcome === undefined)
    return stopped(ended.refusals, state, isUntouched(ended.state.replicas) ? undefined : file.path, context);
  const measured: Drill = {
    cluster: state.cluster,
    statefulInstanceId: target.stateful_instance_id,
    privateIp: target.private_ip,
    nodeId: target.node_id!,
    requestedAt: recovery.requestedAt,
    moments: recovery.moments,
    writes: writer.writes,
    acknowledged: writer.acknowledged,
    failed: writer.failed,
    longestGap: writer.longestGap,
    ...outcome,
    isCleaned,
  };
  if (html !== undefined) writeFile(html, drillPage(measured));
  output.data(page(measured, html), toJson(measured, html));
  const { lost, lostOnReplica, unread } = outcome.readback;
  return lost + lostOnReplica + unread === 0 ? EXIT.success : EXIT.stopped;
}

/** What a drill works on. */
interface Recording {
  readonly context: Context;
  readonly operation: Operation;
  readonly file: StateFile<RollState>;
  readonly state: RollState;
  readonly signal: AbortSignal;
  /** The owner of the replica's shard, and the replica. */
  readonly owner: ClusterNode;
  readonly endpoint: Endpoint;
}

/** What a drill has seen. Without an outcome, it did not come to its end. */
interface Recorded {
  readonly writer: ShardWriter;
  readonly recovery: Recovery | undefined;
  readonly ended: RollResult;
  readonly outcome: Outcome | undefined;
  readonly isCleaned: boolean;
}

type Outcome = Pick<Drill, "resync" | "readback">;

/** Recycles the replica while a writer writes to its shard. Its keys are removed however it ends. */
async function recorded(recording: Recording): Promise<Recorded> {
  const { context, operation, file, state, signal, owner, endpoint } = recording;
  const { cluster, client } = operation;
  const writer = await ShardWriter.start(cluster, owner);
  let recovery: Recovery | undefined;
  let ended: RollResult;
  let outcome: Outcome | undefined;
  let isCleaned: boolean;
  try {
    ended = await roll(context, operation, file, state, {
      signal,
      times: { every: 200, settle: 0 },
      beforeRecycle: async ({ view }, each, nodeId) => {
        recovery?.restart();
        recovery ??= await Recovery.start(
          {
            ...{ cluster, client, nodeId, endpoint },
            groupId: each.group_id,
            statefulInstanceId: each.stateful_instance_id,
            instanceId: each.instance_id!,
          },
          view,
        );
      },
    });
    const watched = ended.result === "done" ? recovery : undefined;
    if (watched !== undefined) outcome = await outcomeOf(watched, writer, cluster);
  } finally {
    await recovery?.stop();
    await writer.stop();
    isCleaned = await writer.remove();
    if (!isCleaned)
      context.output.warn({
        file: "redis-elastigroup",
        message: `keys ${PREFIX}* may be left; they expire after ${TTL / 60} minutes`,
      });
  }
  return { writer, recovery, ended, outcome, isCleaned };
}

/** What is known at the end. */
async function outcomeOf(recovery: Recovery, writer: ShardWriter, cluster: Cluster): Promise<Outcome> {
  await recovery.settle();
  await recovery.stop();
  const resync = await recovery.resync();
  await writer.stop();
  const replica = cluster.ownServer(recovery.endpoint);
  try {
    return { resync, readback: await writer.readBack(replica) };
  } finally {
    replica.close();
  }
}

/** `path`: the state that `roll` continues, if anything was changed. */
function stopped(
  refusals: readonly Refusal[],
  { cluster }: RollState,
  path: string | undefined,
  { output }: Context,
): Exit {
  const next = path === undefined ? "Nothing was changed." : `Run \`roll\` to continue (${path}).`;
  output.data(
    refusals.length === 0
      ? [`Stopped. ${next}`]
      : [
          "Not done, since this must be resolved first:",
          ...refusals.map((each) => `  ${showAilment(each)}`),
          next,
        ],
    {
      ...{ cluster, refusals },
      result: refusals.length === 0 ? "interrupted" : "refused",
      state_file: path ?? null,
    },
  );
  return EXIT.stopped;
}

function page(drill: Drill, html: string | undefined): Line[] {
  const { moments, resync, writes, acknowledged, failed, longestGap, readback } = drill;
  const bytes = resync.bytes === null ? "" : `, ${resync.bytes} bytes from the master to its replicas`;
  return [
    `${drill.statefulInstanceId} (${drill.privateIp ?? drill.nodeId}), seconds from the request to recycle it:`,
    ...MOMENTS.map((moment) => {
      const at = moments.get(moment);
      return `  ${(at === undefined ? "-" : (at / 1000).toFixed(1)).padStart(7)}  ${MOMENT_NAMES[moment]}`;
    }),
    `Resync: ${resync.kind}${bytes}.`,
    `Writes: ${writes.length} with OK, ${acknowledged} acknowledged by a replica, ${failed} failed; longest gap ${longestGap} ms.`,
    `Lost: ${readback.lost} on the owner, ${readback.lostOnReplica} on the replica${readback.unread > 0 ? `; ${readback.unread} not read` : ""}.`,
    ...(html === undefined ? [] : [`Report: ${html}`]),
  ];
}

function toJson(drill: Drill, html: string | undefined): Record<string, unknown> {
  const seconds = (moment: Moment): number | null => {
    const at = drill.moments.get(moment);
    return at === undefined ? null : at / 1000;
  };
  return {
    cluster: drill.cluster,
    result: "done",
    stateful_instance_id: drill.statefulInstanceId,
    private_ip: drill.privateIp ?? null,
    node_id: drill.nodeId,
    requested_at: new Date(drill.requestedAt).toISOString(),
    seconds: Object.fromEntries(MOMENTS.map((moment) => [moment, seconds(moment)])),
    resync: drill.resync,
    writes: {
      ok: drill.writes.length,
      acknowledged: drill.acknowledged,
      failed: drill.failed,
      longest_gap_ms: drill.longestGap,
      lost: drill.readback.lost,
      lost_on_replica: drill.readback.lostOnReplica,
      unread: drill.readback.unread,
    },
    keys_removed: drill.isCleaned,
    html: html ?? null,
  };
}
