import { type Answer, known } from "../answer";
import { type ClusterNode } from "../cluster-nodes";
import { showEndpoint } from "../endpoint";
import { endpointOf } from "../view";
import { type Facts } from "./facts";

/** A shard, by the owner of its slots. */
export interface Shard {
  readonly owner: ClusterNode;
  readonly name: string;
  readonly replicas: readonly ClusterNode[];
}

export function shardsOf({ view }: Pick<Facts, "view">): Shard[] {
  return view.owners.map((owner) => ({
    owner,
    name: nameOf(owner),
    replicas: view.replicasOf(owner.id),
  }));
}

/** The replicas of a shard that are not in the groups. */
export function offSpot({ replicas }: Shard, { groupAddresses }: Facts): Answer<readonly ClusterNode[]> {
  if (replicas.length === 0) return known([]);
  if (!groupAddresses.known) return groupAddresses;
  return known(replicas.filter(({ address }) => !groupAddresses.value.has(address)));
}

export function nameOf(node: ClusterNode): string {
  const endpoint = endpointOf(node);
  return endpoint === undefined ? node.id : showEndpoint(endpoint);
}
