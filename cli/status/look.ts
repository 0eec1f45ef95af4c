import {
  type AilmentKind,
  ailmentsOfCluster,
  ailmentsOfNode,
  ailmentsOfUnlisted,
} from "../../cluster/ailments";
import { type Cluster } from "../../cluster/cluster";
import { type Endpoint } from "../../cluster/endpoint";
import { fleetOf, type GroupFleet, othersIn, type Replica, replicasOf } from "../../cluster/fleet";
import { type NodeStatus } from "../../cluster/node-status";
import { isWell, type StateOfReplica, stateOf } from "../../cluster/replica-state";
import { type SpotClient } from "../../cluster/spot/client";
import { STATES } from "../../cluster/spot/group";
import { type Comparison, compareGroup } from "../../cluster/spot/group-difference";
import { SpotError } from "../../cluster/spot/spot-error";
import { type View } from "../../cluster/view";
import { REDIS_PORT } from "../../constructs/access/redis-ports";
import { type LoadedConfig } from "../../config/load";
import { groupsOf } from "../connect";
import { expectedGroup } from "../expected-group";

/** One thing that is not as it should be: an ailment of the cluster, or a difference between Spot and the cluster. */
export interface Finding {
  /** A node, an instance, a group or the cluster. */
  readonly subject: string;
  readonly kind: string;
  readonly detail: string;
}

/** What Spot answered: groups, or why there are none. */
export type SpotAnswer =
  | { readonly groups: readonly GroupFleet[] }
  /** `isFailure`: there are credentials, and a request failed. */
  | { readonly reason: string; readonly isFailure: boolean };

/** A replica with the state of its agent. */
export type ReplicaRow = Replica & { readonly agent: StateOfReplica };

/** A cluster at one moment. */
export interface Look {
  readonly loaded: LoadedConfig;
  readonly spot: SpotAnswer;
  readonly view: View;
  readonly replicas: readonly ReplicaRow[];
  /** The nodes of no group. */
  readonly others: readonly NodeStatus[];
  readonly comparisons: readonly (Comparison & { readonly group: GroupFleet["group"] })[];
  readonly findings: readonly Finding[];
}

/** How to reach what is looked at. */
export interface Sources {
  readonly loaded: LoadedConfig;
  readonly cluster: Cluster;
  /** Undefined without credentials. */
  readonly spot: SpotClient | undefined;
  /** IDs of groups, instead of the names of the config. */
  readonly groupIds: readonly string[] | undefined;
  /** Further nodes to ask. */
  readonly nodes: readonly Endpoint[];
}

/** Asks Spot and the cluster. Bounded, whatever does not answer. */
export async function look({ loaded, cluster, spot, groupIds, nodes }: Sources): Promise<Look> {
  const answer = await spotAnswer(loaded, spot, groupIds);
  const fleets = "groups" in answer ? answer.groups : [];
  const port = loaded.config.redis?.port ?? REDIS_PORT;
  // The account's own instances can be trusted with the password. A node that no member lists is found only there.
  const addresses = fleets.flatMap(({ stateful }) => stateful.flatMap(({ privateIp }) => privateIp ?? []));
  const view = await cluster.look([...nodes, ...addresses.map((host) => ({ host, port }))]);
  const electable = (loaded.config.failover ?? "allowed") === "allowed";
  const replicas = replicasOf(fleets, view).map((each) => ({ ...each, agent: stateOf(each, electable) }));
  const others = othersIn(replicas, view);
  const comparisons = fleets.map(({ group }) => ({
    ...{ group },
    ...compareGroup(expectedGroup(loaded.config, group.name), group),
  }));
  const findings = [
    ...ailmentsOfUnlisted(view, addresses),
    ...replicas.flatMap((each) => ofReplica(view, each)),
    ...fleets.flatMap(ofCapacity),
    ...others.flatMap((node) => ailmentsOfNode(view, node)),
    ...ailmentsOfCluster(view),
  ];
  return { loaded, spot: answer, view, replicas, others, comparisons, findings };
}

/** Whether every replica is in sync and nothing disagrees. */
export function isHealthy({ spot, findings, comparisons }: Look): boolean {
  if ("reason" in spot && spot.isFailure) return false;
  return findings.length === 0 && comparisons.every(({ differences }) => differences.length === 0);
}

async function spotAnswer(
  loaded: LoadedConfig,
  client: SpotClient | undefined,
  groupIds: readonly string[] | undefined,
): Promise<SpotAnswer> {
  if (client === undefined)
    return {
      reason: "not asked, since there are no credentials; set SPOTINST_TOKEN and SPOTINST_ACCOUNT",
      isFailure: false,
    };
  try {
    const groups = await groupsOf(client, loaded, groupIds);
    return { groups: await Promise.all(groups.map((group) => fleetOf(client, group))) };
  } catch (error) {
    if (error instanceof SpotError) return { reason: error.message, isFailure: true };
    throw error;
  }
}

/** Spot's view of a replica beside that of the cluster. A spare is only an address that is kept for later. */
function ofReplica(view: View, { stateful, instance, node, member, agent }: ReplicaRow): Finding[] {
  if (agent.state === "spare") return [];
  const subject = `${stateful.privateIp ?? "no address"} (${stateful.id})`;
  const finding = (kind: string, detail: string): Finding => ({ subject, kind, detail });
  const found: Finding[] = [];
  if (!(STATES as readonly string[]).includes(stateful.state))
    found.push(finding("unknown_spot_state", `Spot lists it as ${stateful.state}, which is not documented`));
  if (stateful.state === "ACTIVE" && instance === undefined)
    found.push(finding("no_instance", "Spot lists it as ACTIVE, and lists no EC2 instance of it"));
  if (stateful.state === "ACTIVE" && node === undefined)
    found.push(
      finding("no_node", "Spot lists it as ACTIVE, and no member of the cluster lists a node there"),
    );
  if (instance === undefined && member?.nodes.known)
    found.push(
      finding("node_without_instance", `Spot lists it as ${stateful.state}, and a node answers there`),
    );
  const ailments = (node === undefined ? [] : ailmentsOfNode(view, node)).filter(
    ({ kind }) => !OF_STATE.includes(kind),
  );
  found.push(...ailments.map(({ kind, detail }) => finding(kind, detail)));
  const isExplained = ailments.length > 0 && ["contradiction", "link_down"].includes(agent.state);
  if (!isWell(agent) && !isExplained) found.push(finding(agent.state, agent.detail));
  return found;
}

/** The ailments of a node that the state of its agent has in more detail. */
const OF_STATE: readonly AilmentKind[] = ["no_answer", "not_in_sync"];

function ofCapacity({ group, stateful }: GroupFleet): Finding[] {
  const { target } = group.capacity;
  if (stateful.length >= target) return [];
  const detail = `its capacity is ${target}, and Spot lists ${stateful.length} stateful instances of it`;
  return [{ subject: `${group.name} (${group.id})`, kind: "missing_stateful_instance", detail }];
}
