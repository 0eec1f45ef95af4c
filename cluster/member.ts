import { type Answer, unanswered } from "./answer";
import { type ClusterNode } from "./cluster-nodes";
import { type Endpoint } from "./endpoint";
import { type Info } from "./info";

/** One server and its answers at one moment. */
export interface Member {
  readonly endpoint: Endpoint;
  /** CLUSTER NODES. */
  readonly nodes: Answer<readonly ClusterNode[]>;
  /** INFO. */
  readonly info: Answer<Info>;
  /** CLUSTER INFO. */
  readonly cluster: Answer<Info>;
}

/** The node that a member is: its line `myself`. */
export function selfOf({ nodes }: Pick<Member, "nodes">): ClusterNode | undefined {
  return nodes.known ? nodes.value.find(({ flags }) => flags.includes("myself")) : undefined;
}

/** A member that was not asked, with the reason. */
export function unasked(endpoint: Endpoint, reason: string): Member {
  const none = unanswered("error", reason);
  return { endpoint, nodes: none, info: none, cluster: none };
}
