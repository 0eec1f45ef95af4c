import { type SpotClient } from "./spot/client";
import { type SpotGroup, type SpotInstance, type StatefulInstance } from "./spot/group";
import { SpotError } from "./spot/spot-error";
import { type Member, selfOf } from "./member";
import { type NodeStatus, statusOf } from "./node-status";
import { type View } from "./view";

/** A group of Spot with its instances at one moment. */
export interface GroupFleet {
  readonly group: SpotGroup;
  /** Without deallocated ones. */
  readonly stateful: readonly StatefulInstance[];
  /** The IDs of the deallocated ones that the API still lists. */
  readonly deallocated: readonly string[];
  readonly instances: readonly SpotInstance[];
}

/** A stateful instance, its EC2 instance, and the node at its address. */
export interface Replica {
  readonly group: SpotGroup;
  readonly stateful: StatefulInstance;
  /** Undefined while no EC2 instance runs. */
  readonly instance: SpotInstance | undefined;
  /** Undefined if no member of the cluster lists a node at its address, and none answers there. */
  readonly node: NodeStatus | undefined;
  /** The server at its address, if it was asked. */
  readonly member: Member | undefined;
}

/** The group of a name. Throws a `SpotError` if there is none, or more than one. */
export function groupNamed(groups: readonly SpotGroup[], name: string): SpotGroup {
  const found = groups.filter((group) => group.name === name);
  if (found.length === 1) return found[0]!;
  if (found.length === 0) throw new SpotError("missing", `Spot has no group named ${name} in this account`);
  const ids = found.map(({ id }) => id).join(", ");
  throw new SpotError(
    "refused",
    `Spot has ${found.length} groups named ${name} (${ids}); give \`--group ID\``,
  );
}

/** Reads a group's instances. */
export async function fleetOf(client: SpotClient, group: SpotGroup): Promise<GroupFleet> {
  const [all, instances] = await Promise.all([
    client.statefulInstances(group.id),
    client.instances(group.id),
  ]);
  const isDeallocated = ({ state }: StatefulInstance): boolean => state === "DEALLOCATED";
  return {
    group,
    stateful: all.filter((each) => !isDeallocated(each)),
    deallocated: all.filter(isDeallocated).map(({ id }) => id),
    instances,
  };
}

/** Whether the API lists as many stateful instances as the group is to have: it can omit some from an answer. */
export function isComplete({ group, stateful }: GroupFleet): boolean {
  return stateful.length >= group.capacity.target;
}

/** Joins the instances of groups with the nodes of the cluster, by their private IPs. */
export function replicasOf(fleets: readonly GroupFleet[], view: View): Replica[] {
  return fleets.flatMap(({ group, stateful, instances }) =>
    stateful.map((each) => ({
      group,
      stateful: each,
      instance: instances.find(({ instanceId }) => instanceId === each.instanceId),
      node: nodeAt(view, each.privateIp),
      member: view.members.find(({ endpoint }) => endpoint.host === each.privateIp),
    })),
  );
}

/** The nodes of the cluster at no address of a group: masters, replicas of other kinds, and ghosts. */
export function othersIn(replicas: readonly Replica[], view: View): NodeStatus[] {
  const joined = new Set(replicas.map(({ node }) => node?.id));
  return view.ids.filter((id) => !joined.has(id)).map((id) => statusOf(view, id));
}

/** The node that answers at an address; else the one that is listed there. */
function nodeAt(view: View, address: string | undefined): NodeStatus | undefined {
  if (address === undefined) return undefined;
  const selves = view.members.filter(({ endpoint }) => endpoint.host === address).map(selfOf);
  const self = selves.find((each) => each !== undefined);
  if (self !== undefined) return statusOf(view, self.id);
  const listed = view.nodes.find((node) => node.address === address);
  return listed && statusOf(view, listed.id);
}
