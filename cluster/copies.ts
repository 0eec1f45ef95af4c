import { statusOf } from "./node-status";
import { type View } from "./view";

/** The owner of a node's shard: the node itself, or its master. Undefined for a node without slots and without master. */
export function ownerOf(view: View, id: string): string | undefined {
  const { role, master } = statusOf(view, id);
  if (role === "owner") return id;
  return role === "replica" ? master : undefined;
}

/** The IDs of the nodes that hold a shard's data: its owner, if it answers, and its replicas that are in sync. */
export function copiesOf(view: View, ownerId: string): string[] {
  const owner = statusOf(view, ownerId);
  const replicas = view.replicasOf(ownerId).filter(({ id }) => statusOf(view, id).isInSync);
  return [...(owner.silence === undefined ? [ownerId] : []), ...replicas.map(({ id }) => id)];
}

/** The copies that a node's shard has while the node is away. */
export function copiesWithout(view: View, id: string): string[] {
  const owner = ownerOf(view, id);
  return owner === undefined ? [] : copiesOf(view, owner).filter((copy) => copy !== id);
}
