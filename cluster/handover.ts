import { setTimeout as sleep } from "node:timers/promises";
import { type Cluster } from "./cluster";
import { slotCount } from "./cluster-nodes";
import { nodeName } from "./ailments";
import { type Replica } from "./fleet";
import { type NodeStatus, statusOf } from "./node-status";
import { type View } from "./view";

/** Milliseconds until a failover that began counts as failed. Redis gives up after 5 s by itself. */
const FAILOVER_TIMEOUT = 15_000;
/**
 * Milliseconds until a second one is begun. A node stands for election once in four times `cluster-node-timeout`, by default
 * 60 s. Until then, one that was promoted and demoted again accepts the command, and does nothing.
 */
const ELECTION_INTERVAL = 60_000;

/**
 * The replica that takes the slots of an owner: in sync, if possible none of the groups (`replicas`), since those can be
 * interrupted, and with the fewest bytes to catch up.
 */
export function successorOf(
  view: View,
  ownerId: string,
  replicas: readonly Replica[],
): NodeStatus | undefined {
  const inGroups = new Set(replicas.flatMap(({ node }) => node?.id ?? []));
  const rank = ({ id, behind }: NodeStatus): number[] => [inGroups.has(id) ? 1 : 0, behind ?? Infinity];
  return view
    .replicasOf(ownerId)
    .map(({ id }) => statusOf(view, id))
    .filter(({ isInSync, endpoint }) => isInSync && endpoint !== undefined)
    .sort((one, other) => compare(rank(one), rank(other)))[0];
}

function compare(one: readonly number[], other: readonly number[]): number {
  const place = one.findIndex((value, index) => value !== other[index]);
  return place === -1 || one[place]! < other[place]! ? -1 : 1;
}

/** Whether every owner of slots that answers lists the slots at the new owner, and the old one as its replica. */
export function hasHandedOver(view: View, from: string, to: string): boolean {
  const views = [...view.masters, ...view.membersWith(from), ...view.membersWith(to)];
  return (
    view.masters.length > 0 &&
    views.every(({ nodes }) => {
      if (!nodes.known) return false;
      const [old, heir] = [from, to].map((id) => nodes.value.find((node) => node.id === id));
      return old?.master === to && heir?.flags.includes("master") === true && slotCount(heir.slots) > 0;
    })
  );
}

/**
 * Begins a failover at the successor, and waits until all masters agree. Rejects if they do not in time. The signal ends the
 * waiting at once: the failover is one command, which the cluster completes or not by itself, and a process that
 * continues looks which node owns the slots.
 */
export async function handOver(
  cluster: Cluster,
  from: string,
  to: NodeStatus,
  signal: AbortSignal,
  patience: readonly number[] = [ELECTION_INTERVAL, FAILOVER_TIMEOUT],
): Promise<void> {
  let refusal = "";
  for (const timeout of patience) {
    const reply = await cluster.server(to.endpoint!).ask(["CLUSTER", "FAILOVER"]);
    if (!reply.known) refusal = `: ${reply.reason}`;
    // Without the right to it, it would not begin later either.
    if (!reply.known && ["permission", "auth"].includes(reply.cause)) break;
    const end = Date.now() + timeout;
    while (Date.now() < end) {
      if (signal.aborted || hasHandedOver(await cluster.look(), from, to.id)) return;
      await sleep(200, undefined, { signal }).catch(() => undefined);
    }
  }
  throw new Error(`CLUSTER FAILOVER at ${nodeName(to)} did not complete${refusal}`);
}
