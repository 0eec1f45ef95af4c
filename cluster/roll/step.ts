import { type Ailment, ailmentsOf, nodeName, whyNotInSync } from "../ailments";
import { copiesWithout } from "../copies";
import { type Replica } from "../fleet";
import { successorOf } from "../handover";
import { type NodeStatus } from "../node-status";
import { type Situation } from "../situation";
import { type View } from "../view";
import { type RollTarget } from "./state";

/** What a roll does next with a replica. */
export type Step =
  | { readonly do: "hand_over"; readonly from: string; readonly to: NodeStatus }
  /** Request the recycle of this EC2 instance. */
  | { readonly do: "recycle"; readonly instanceId: string; readonly nodeId: string }
  /** The new EC2 instance runs. */
  | { readonly do: "await_node"; readonly instanceId: string }
  /** The node is in sync, with the server of this run ID. */
  | { readonly do: "settle"; readonly runId: string }
  /** It kept its root volume, which it should not: begin again. */
  | { readonly do: "begin_again"; readonly reason: string }
  | { readonly do: "wait"; readonly reason: string }
  | { readonly do: "finish"; readonly nodeId: string }
  | { readonly do: "refuse"; readonly reasons: readonly Refusal[] }
  /** Nothing that a roll can do continues it. */
  | { readonly do: "fail"; readonly reason: string };

/** Why a roll does not go on: the cluster is not healthy, or recycling would leave a shard with too few copies. */
export interface Refusal extends Omit<Ailment, "kind"> {
  readonly kind: Ailment["kind"] | "single_copy" | "no_successor";
}

export interface RollRules {
  /** Whether a shard may be left with its owner only. */
  readonly allowSingleCopy: boolean;
  readonly freshRoot: boolean;
  /** Milliseconds after which a recycle without effect is requested again. */
  readonly grace: number;
  /**
   * Milliseconds that a node must be in sync, unless its server is restarted meanwhile. On a replacement, systemd starts the
   * server from the root volume that was kept. Later, user data brings the new settings, and restarts it if they differ.
   */
  readonly settle: number;
}

/** Times that a recycle without effect is requested. */
const REQUESTS = 3;

/** The next step with a replica. A fact that is not known leads to waiting, never to an action. */
export function nextStep(target: RollTarget, { now, view, spot }: Situation, rules: RollRules): Step {
  if (!spot.known) return { do: "wait", reason: spot.reason };
  const { replicas } = spot.value;
  const replica = replicas.find(({ stateful }) => stateful.id === target.stateful_instance_id);
  switch (target.phase) {
    case "planned":
    case "handing_over":
      return begin(target, view, replicas, replica, rules);
    case "recycling":
      return recycling(target, replica, now, rules) ?? begin(target, view, replicas, replica, rules);
    default:
      return returning(target, view, replica, now, rules);
  }
}

function begin(
  target: RollTarget,
  view: View,
  replicas: readonly Replica[],
  replica: Replica | undefined,
  rules: RollRules,
): Step {
  if (replica === undefined) return { do: "refuse", reasons: [missing(target)] };
  const ailments = ailmentsOf(view, replicas);
  if (ailments.length > 0) return { do: "refuse", reasons: ailments };
  const { stateful, node } = replica;
  // Without either of them it is an ailment.
  if (node === undefined || stateful.instanceId === undefined)
    return { do: "refuse", reasons: [missing(target)] };
  const refusals = copyRefusals(view, node, rules.allowSingleCopy);
  if (node.role !== "owner") {
    if (refusals.length > 0) return { do: "refuse", reasons: refusals };
    return { do: "recycle", instanceId: stateful.instanceId, nodeId: node.id };
  }
  const to = successorOf(view, node.id, replicas);
  if (to === undefined) return { do: "refuse", reasons: [noSuccessor(node)] };
  if (refusals.length > 0) return { do: "refuse", reasons: refusals };
  return { do: "hand_over", from: node.id, to };
}

/** The refusal of an owner that cannot hand over. */
export function noSuccessor(node: NodeStatus): Refusal {
  const detail = "it owns slots, and its shard has no replica in sync that could take them";
  return { kind: "no_successor", subject: nodeName(node), detail };
}

/** The refusal of a node that may not be away. A node that has the only other copy may never be. */
export function copyRefusals(view: View, node: NodeStatus, allowSingleCopy: boolean): Refusal[] {
  const left = copiesWithout(view, node.id).length;
  if (left >= (allowSingleCopy ? 1 : 2)) return [];
  const detail =
    left === 1
      ? "without it, its shard has one copy of its data; add a replica, or accept it with `--allow-single-copy`"
      : "without it, its shard has no copy of its data";
  return [{ kind: "single_copy", subject: nodeName(node), detail }];
}

/** Undefined if the request had no effect, and is decided anew: meanwhile the node may own slots, or be the only other copy. */
function recycling(
  target: RollTarget,
  replica: Replica | undefined,
  now: number,
  { grace, freshRoot }: RollRules,
): Step | undefined {
  if (replica === undefined) return { do: "wait", reason: missing(target).detail };
  const { state, instanceId, imageId } = replica.stateful;
  if (state === "ERROR") return { do: "fail", reason: failed() };
  if (state !== "ACTIVE") return { do: "wait", reason: `its state is ${state}` };
  if (instanceId === undefined) return { do: "wait", reason: "it has no EC2 instance" };
  if (instanceId !== target.instance_id) {
    const image = replica.group.compute?.launchSpecification?.imageId;
    if (freshRoot && target.root_uncertain && imageId !== image)
      return {
        do: "begin_again",
        reason: `it runs ${imageId ?? "an unknown image"}, not ${image ?? "that of its group"}`,
      };
    return { do: "await_node", instanceId };
  }
  // Also where the clock was set back since, which would otherwise hold it for as long.
  const since =
    target.requested_at === undefined ? Infinity : Math.abs(now - Date.parse(target.requested_at));
  if (since < grace) return { do: "wait", reason: `${instanceId} still runs` };
  if (target.requests < REQUESTS) return undefined;
  return { do: "fail", reason: `${instanceId} still runs after ${target.requests} requests to recycle it` };
}

function returning(
  target: RollTarget,
  view: View,
  replica: Replica | undefined,
  now: number,
  { settle }: RollRules,
): Step {
  if (replica === undefined) return { do: "wait", reason: missing(target).detail };
  const { stateful, node } = replica;
  if (stateful.state === "ERROR") return { do: "fail", reason: failed() };
  if (node === undefined) return { do: "wait", reason: "no node of the cluster is at its address" };
  const isOwner = node.role === "owner" && node.silence === undefined && node.contradictions.length === 0;
  if (!isOwner && !node.isInSync) return { do: "wait", reason: whyNotInSync(node) };
  // The masters can still list it as it was before: the other facts must hold as well.
  const others = ailmentsOf(view, [replica]).filter(({ subject }) => subject === nodeName(node));
  if (others.length > 0) return { do: "wait", reason: others[0]!.detail };
  const info = replica.member?.info;
  const runId = (info?.known ? info.value["run_id"] : undefined) ?? "";
  if (settle > 0 && target.phase === "waiting_for_node") return { do: "settle", runId };
  const isSettled = runId !== target.run_id || now - Date.parse(target.times.settling ?? "") >= settle;
  if (target.phase === "settling" && !isSettled)
    return { do: "wait", reason: "it is in sync, and user data may still restart its server" };
  return { do: "finish", nodeId: node.id };
}

function missing({ stateful_instance_id: id }: RollTarget): Refusal {
  const detail = "Spot does not list it; if it is gone for good, remove the state file to begin again";
  return { kind: "instance_not_active", subject: id, detail };
}

function failed(): string {
  return "its state is ERROR; see the log of the group in Spot's console, and resume or recycle it there";
}
