import { isSpare } from "../ailments";
import { type Replica } from "../fleet";
import { type RollTarget } from "./state";

/** Thrown for a name that no replica has, or more than one. */
export class UnknownReplicaError extends Error {}

/** Which replicas a command concerns. */
export interface Selection {
  /** Node IDs, private IPs or IDs of stateful instances. @default all replicas */
  readonly only?: readonly string[];
  /** Only the first one. @default false */
  readonly one?: boolean;
}

/** Whether a name is that of a replica: its node ID, its private IP or the ID of its stateful instance. */
export function isNamed({ stateful, node }: Replica, name: string): boolean {
  return [node?.id, stateful.privateIp, stateful.id].includes(name);
}

/** The replica of a name. Throws if there is none, or more than one. */
export function replicaNamed(replicas: readonly Replica[], name: string): Replica {
  const found = replicas.filter((replica) => isNamed(replica, name));
  if (found.length === 1) return found[0]!;
  if (found.length > 1)
    throw new UnknownReplicaError(
      `${JSON.stringify(name)} names ${found.length} stateful instances; give the ID of one: ${found.map(({ stateful }) => `${stateful.id} (${stateful.state})`).join(", ")}`,
    );
  const names = replicas.map(({ stateful }) => stateful.privateIp ?? stateful.id);
  throw new UnknownReplicaError(
    `${JSON.stringify(name)} is no replica of the groups; give its node ID, private IP or stateful instance ID; replicas: ${names.join(", ") || "none"}`,
  );
}

/** The replicas that are recycled, in this order: replicas first, and then the owners of slots. */
export function selectTargets(
  replicas: readonly Replica[],
  { only, one = false }: Selection,
  now: number,
): RollTarget[] {
  const selected =
    only === undefined
      ? replicas.filter(({ stateful }) => !isSpare(stateful))
      : only.map((name) => replicaNamed(replicas, name));
  const ordered = [...new Set(selected)].sort((a, b) => Number(isOwner(a)) - Number(isOwner(b)));
  return ordered.slice(0, one ? 1 : undefined).map((replica) => targetOf(replica, now));
}

function isOwner({ node }: Replica): boolean {
  return node?.role === "owner";
}

function targetOf({ group, stateful, node }: Replica, now: number): RollTarget {
  return {
    group_id: group.id,
    stateful_instance_id: stateful.id,
    ...(stateful.privateIp === undefined ? {} : { private_ip: stateful.privateIp }),
    ...(node === undefined ? {} : { node_id: node.id }),
    ...(stateful.instanceId === undefined ? {} : { instance_id: stateful.instanceId }),
    phase: "planned",
    times: { planned: new Date(now).toISOString() },
    requests: 0,
    root_uncertain: false,
  };
}
