import { isSpare } from "../ailments";
import { slotCount } from "../cluster-nodes";
import { isComplete, type Replica } from "../fleet";
import { type NodeStatus, statusOf } from "../node-status";
import { reach } from "../port";
import { type SpotSituation } from "../situation";
import { type View } from "../view";

/**
 * The nodes that are gone for good: no server answers with the ID, no member lists slots at it, and every owner of slots
 * that lists it lists it as failed or without address. An address that an instance keeps belongs to a replica that comes
 * back, unless another node answers there. `kept`: hosts that are never given up, such as the masters of the config.
 */
export function ghostsOf(view: View, replicas: readonly Replica[], kept: readonly string[]): NodeStatus[] {
  return view.ids.map((id) => statusOf(view, id)).filter((status) => isGhost(view, status, replicas, kept));
}

/**
 * The stateful instances whose node is not known, and why. A node that looks gone can be theirs, and comes back. An instance
 * that keeps its address is known by it. Another one is known only by the server that answers there.
 */
export function unplaced({ fleets, replicas }: SpotSituation): string[] {
  const missing = fleets
    .filter((fleet) => !isComplete(fleet))
    .map(
      ({ group: { id, capacity }, stateful }) =>
        `Spot lists ${stateful.length} stateful instances of ${id}, and its target is ${capacity.target}`,
    );
  const unknown = replicas.flatMap(({ group, stateful, member }) => {
    const keepsAddress = group.strategy?.persistence?.shouldPersistPrivateIp === true;
    const isKnown = member?.nodes.known === true || (keepsAddress && stateful.privateIp !== undefined);
    return isKnown || isSpare(stateful)
      ? []
      : [`${stateful.id} is ${stateful.state}, and the address of its node is not known`];
  });
  return [...missing, ...unknown];
}

/** Milliseconds within which a server that hangs accepts a connection, by its kernel. */
const ACCEPTANCE = 2000;

/**
 * Those of the nodes that may hang rather than be gone: something accepts connections at the address, and does not answer. Once it
 * goes on, a node that was forgotten comes back, with slots that others have.
 */
export async function hangingOf(view: View, ghosts: readonly NodeStatus[]): Promise<NodeStatus[]> {
  const hangs = await Promise.all(
    ghosts.map(async ({ endpoint }) => {
      // Another node that answers at the address has taken it.
      if (endpoint === undefined || view.memberAt(endpoint)?.nodes.known === true) return false;
      return (await reach(endpoint, ACCEPTANCE)).known;
    }),
  );
  return ghosts.filter((_, index) => hangs[index]);
}

function isGhost(
  view: View,
  { id, endpoint }: NodeStatus,
  replicas: readonly Replica[],
  kept: readonly string[],
): boolean {
  if (view.membersWith(id).length > 0) return false;
  const sightings = view.answering.flatMap(({ nodes }) =>
    nodes.known ? nodes.value.filter((node) => node.id === id) : [],
  );
  if (sightings.some(({ slots }) => slotCount(slots) > 0)) return false;
  const ofOwners = view.sightings(id).flatMap(({ node }) => node ?? []);
  if (
    ofOwners.length === 0 ||
    !ofOwners.every(({ flags }) => flags.includes("fail") || flags.includes("noaddr"))
  )
    return false;
  if (endpoint === undefined) return true;
  const successor = view.memberAt(endpoint);
  if (successor?.nodes.known === true) return true;
  // Something at the address that does not answer its questions may be this node.
  if (kept.includes(endpoint.host)) return false;
  return !replicas.some(({ stateful }) => stateful.privateIp === endpoint.host);
}
