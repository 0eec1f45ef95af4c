import { isIP } from "node:net";
import { type Answer, unanswered } from "./answer";
import { type ClusterNode } from "./cluster-nodes";
import { type Endpoint } from "./endpoint";
import { type Info } from "./info";

/** One server and its answers at one moment. */
export interface Member {
  readonly endpoint: Endpoint;
  /** Further endpoints at which the same server answered, such as its DNS name. @default none */
  readonly aliases?: readonly Endpoint[];
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

/** Whether two members are one server: it has an ID of its own for each run. */
export function isOneServer(one: Member, other: Member): boolean {
  if (one === other) return true;
  const [run, otherRun] = [one, other].map(({ info }) => (info.known ? info.value["run_id"] : undefined));
  // Where that is not known, a DNS name is taken for another name of the server.
  if (run === undefined || otherRun === undefined)
    return [one, other].some(({ endpoint }) => isIP(endpoint.host) === 0);
  return run === otherRun;
}

/** A member that was not asked, with the reason. */
export function unasked(endpoint: Endpoint, reason: string): Member {
  const none = unanswered("error", reason);
  return { endpoint, nodes: none, info: none, cluster: none };
}
