import { type Replica } from "./fleet";
import { type Contradiction, type NodeStatus, statusOf } from "./node-status";
import { showEndpoint } from "./endpoint";
import { type Member } from "./member";
import { type StatefulInstance } from "./spot/group";
import { type View } from "./view";

/** Something that is not as it should be, in the cluster or in its groups. */
export interface Ailment {
  readonly kind: AilmentKind;
  /** The node or the instance. */
  readonly subject: string;
  readonly detail: string;
}

export type AilmentKind =
  | Contradiction
  /** A member does not answer, or not everything that it is asked. */
  | "no_answer"
  /** A replica does not have its master's writes, and none of its facts contradict each other. */
  | "not_in_sync"
  /** Owners of slots list a master in different ways. */
  | "masters_disagree"
  /** A slot has no owner, or a member reports that the cluster is down. */
  | "cluster_down"
  /** A stateful instance does not run. */
  | "instance_not_active"
  /** No node of the cluster is at the address of a stateful instance. */
  | "no_node"
  /** A node of a group is a master without slots. */
  | "no_slots";

/** A replica that is away on purpose. */
export interface Away {
  readonly nodeId: string | undefined;
  readonly privateIp: string | undefined;
  readonly statefulInstanceId: string;
}

/** Everything that is wrong, except what concerns a replica that is away on purpose. */
export function ailmentsOf(view: View, replicas: readonly Replica[], away?: Away): Ailment[] {
  const nodes = view.ids.map((id) => statusOf(view, id)).filter((status) => !isAway(status, away));
  const unlisted = ailmentsOfUnlisted(view, away?.privateIp === undefined ? [] : [away.privateIp]);
  return [
    ...nodes.flatMap((status) => ailmentsOfNode(view, status)),
    ...unlisted,
    ...ailmentsOfCluster(view),
    ...ofInstances(replicas, away),
  ];
}

/**
 * Milliseconds until a failover is known to all members. Each one hears of the role of any other at the latest after half of
 * `cluster-node-timeout`, by default 7.5 s.
 */
export const GOSSIP = 10_000;

/** Whether everything is explained by a failover that not all members have heard of. */
export function isGossip(ailments: readonly { readonly kind: string }[]): boolean {
  return ailments.every(({ kind }) => kind === "masters_disagree");
}

/** What is wrong with a node. */
export function ailmentsOfNode(view: View, status: NodeStatus): Ailment[] {
  const subject = nodeName(status);
  const { silence, contradictions, role, isInSync } = status;
  const found: Ailment[] = contradictions.map((each) => ({ ...each, subject }));
  if (silence !== undefined) return [...found, { kind: "no_answer", subject, detail: silence }];
  if (found.length > 0) return found;
  if (role === "replica" && !isInSync)
    return [{ kind: "not_in_sync", subject, detail: whyNotInSync(status) }];
  const lines = new Set(view.sightings(status.id).map(({ node }) => node));
  const views = [...lines].map((node) => JSON.stringify([node?.master, node?.slots]));
  if (new Set(views).size < 2) return [];
  const detail =
    "owners of slots disagree on its role or its slots; after a failover or a move of slots, that lasts for seconds";
  return [{ kind: "masters_disagree", subject, detail }];
}

/** Members that do not answer and that no other one lists, such as a wrong address in `masters`. `left`: hosts left out. */
export function ailmentsOfUnlisted(view: View, left: readonly string[] = []): Ailment[] {
  return view.members.flatMap(({ endpoint, nodes }) => {
    if (nodes.known || view.isListed(endpoint) || left.includes(endpoint.host)) return [];
    return [{ kind: "no_answer" as const, subject: `node ${showEndpoint(endpoint)}`, detail: nodes.reason }];
  });
}

/** What is wrong with the slots, and what members report of the cluster. */
export function ailmentsOfCluster(view: View): Ailment[] {
  // Without any answer, it is not known which slots have an owner.
  const uncovered = view.answering.length === 0 ? 0 : view.uncovered;
  const detail = `${uncovered} slots have no owner`;
  return [
    ...(uncovered > 0 ? [{ kind: "cluster_down" as const, subject: "the cluster", detail }] : []),
    ...view.members.flatMap((member) => ofState(member) ?? []),
  ];
}

/** Whether a member refuses a question since the user lacks a right, so that its answer is not known. */
export function lacksRight({ members }: View): boolean {
  return members.some(({ nodes, info, cluster }) =>
    [nodes, info, cluster].some((answer) => !answer.known && answer.cause === "permission"),
  );
}

/** Whether it is only a private IP that is kept for later: it never had an EC2 instance. */
export function isSpare({ state, launchedAt, instanceId }: StatefulInstance): boolean {
  return state === "PAUSED" && launchedAt === undefined && instanceId === undefined;
}

/** An ailment on one line. */
export function showAilment({ subject, detail }: Pick<Ailment, "subject" | "detail">): string {
  return `${subject}: ${detail}`;
}

/** Subjects that are named of those that have the same ailment. */
const NAMED = 5;

/** Ailments in lines. What several nodes have is one line. */
export function showAilments(ailments: readonly Pick<Ailment, "subject" | "detail">[]): string[] {
  const subjects = new Map<string, string[]>();
  for (const { subject, detail } of ailments)
    subjects.set(detail, [...(subjects.get(detail) ?? []), subject]);
  return [...subjects].map(([detail, all]) => {
    const further = all.length > NAMED ? ` and ${all.length - NAMED} more` : "";
    return showAilment({ subject: `${all.slice(0, NAMED).join(", ")}${further}`, detail });
  });
}

/** Why a replica is not in sync, on one line. */
export function whyNotInSync({ silence, contradictions, link, role }: NodeStatus): string {
  if (silence !== undefined) return silence;
  if (contradictions.length > 0) return contradictions.map(({ detail }) => detail).join("; ");
  if (role !== "replica")
    return `the masters list it as ${role === "bare" ? "a master without slots" : role}`;
  if (link !== "up") return `its replication link is ${link === "syncing" ? "syncing" : "down"}`;
  return "not every master lists it as reachable, or its master does not answer";
}

/** The name of a node for people. */
export function nodeName({ id, endpoint }: Pick<NodeStatus, "id" | "endpoint">): string {
  return endpoint === undefined ? `node ${id}` : `node ${showEndpoint(endpoint)}`;
}

function isAway({ id, endpoint }: NodeStatus, away: Away | undefined): boolean {
  if (away === undefined) return false;
  return id === away.nodeId || (away.privateIp !== undefined && endpoint?.host === away.privateIp);
}

/** What a member reports of the cluster. Of one that answers nothing, that is an ailment by itself. */
function ofState({ endpoint, nodes, info, cluster }: Member): Ailment | undefined {
  const subject = `node ${showEndpoint(endpoint)}`;
  if (!cluster.known)
    return nodes.known && info.known ? { kind: "no_answer", subject, detail: cluster.reason } : undefined;
  const state = cluster.value["cluster_state"];
  if (state === "ok") return undefined;
  return { kind: "cluster_down", subject, detail: `it reports cluster_state:${state}` };
}

function ofInstances(replicas: readonly Replica[], away: Away | undefined): Ailment[] {
  return replicas.flatMap(({ stateful, node }): Ailment[] => {
    if (stateful.id === away?.statefulInstanceId || isSpare(stateful)) return [];
    const subject = `${stateful.id}${stateful.privateIp === undefined ? "" : ` (${stateful.privateIp})`}`;
    if (stateful.state !== "ACTIVE")
      return [{ kind: "instance_not_active", subject, detail: `its state is ${stateful.state}, not ACTIVE` }];
    if (stateful.instanceId === undefined)
      return [{ kind: "instance_not_active", subject, detail: "it has no EC2 instance" }];
    if (node === undefined)
      return [{ kind: "no_node", subject, detail: "no node of the cluster is at its address" }];
    if (node.role === "bare")
      return [{ kind: "no_slots", subject, detail: "its node is a master without slots" }];
    return [];
  });
}
