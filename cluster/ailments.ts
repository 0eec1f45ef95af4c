import { type Replica } from "./fleet";
import { type NodeStatus, statusOf } from "./node-status";
import { showEndpoint } from "./endpoint";
import { type StatefulInstance } from "./spot/group";
import { endpointOf, type View } from "./view";

/** Something that is not as it should be, in the cluster or in its groups. */
export interface Ailment {
  readonly kind: AilmentKind;
  /** The node or the instance. */
  readonly subject: string;
  readonly detail: string;
}

export type AilmentKind =
  /** A member does not answer, or not everything that it is asked. */
  | "no_answer"
  /** A replica does not have its master's writes, or some master does not list or reach it. */
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
  return [
    ...ofNodes(view, away),
    ...ofUnlisted(view, away),
    ...ofSlots(view),
    ...ofInstances(replicas, away),
  ];
}

/** Whether it is only a private IP that is kept for later: it never had an EC2 instance. */
export function isSpare({ state, launchedAt, instanceId }: StatefulInstance): boolean {
  return state === "PAUSED" && launchedAt === undefined && instanceId === undefined;
}

/** An ailment on one line. */
export function showAilment({ subject, detail }: Pick<Ailment, "subject" | "detail">): string {
  return `${subject}: ${detail}`;
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

function ofNodes(view: View, away: Away | undefined): Ailment[] {
  return view.ids.flatMap((id): Ailment[] => {
    const status = statusOf(view, id);
    if (id === away?.nodeId || (away?.privateIp !== undefined && status.endpoint?.host === away.privateIp))
      return [];
    const subject = nodeName(status);
    if (status.silence !== undefined) return [{ kind: "no_answer", subject, detail: status.silence }];
    if (status.role === "replica" && !status.isInSync)
      return [{ kind: "not_in_sync", subject, detail: whyNotInSync(status) }];
    const views = new Set(view.sightings(id).map(({ node }) => JSON.stringify([node?.master, node?.slots])));
    if (views.size > 1) {
      const detail = "owners of slots disagree on its role or its slots";
      return [{ kind: "masters_disagree", subject, detail }];
    }
    if (status.contradictions.length === 0) return [];
    return [{ kind: "masters_disagree", subject, detail: whyNotInSync(status) }];
  });
}

/** Seeds that do not answer, and members that only some list. */
function ofUnlisted(view: View, away: Away | undefined): Ailment[] {
  const listed = new Set(view.nodes.flatMap((node) => endpointOf(node) ?? []).map(showEndpoint));
  return view.members.flatMap(({ endpoint, nodes }) => {
    if (nodes.known || listed.has(showEndpoint(endpoint)) || endpoint.host === away?.privateIp) return [];
    return [{ kind: "no_answer" as const, subject: `node ${showEndpoint(endpoint)}`, detail: nodes.reason }];
  });
}

function ofSlots(view: View): Ailment[] {
  const found: Ailment[] = [];
  if (view.uncovered > 0)
    found.push({
      kind: "cluster_down",
      subject: "the cluster",
      detail: `${view.uncovered} slots have no owner`,
    });
  for (const { endpoint, cluster } of view.members) {
    const state = cluster.known ? cluster.value["cluster_state"] : "ok";
    if (state !== "ok")
      found.push({
        kind: "cluster_down",
        subject: `node ${showEndpoint(endpoint)}`,
        detail: `it reports cluster_state:${state}`,
      });
  }
  return found;
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
