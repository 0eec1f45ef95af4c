import { type Ailment, ailmentsOfNode } from "../../cluster/ailments";
import { type Unanswered, unanswered } from "../../cluster/answer";
import { compareContents, type Contents, type ContentsOptions } from "../../cluster/comparison/contents";
import { Pair } from "../../cluster/comparison/pair";
import { compareSlots, type SlotCounts } from "../../cluster/comparison/slot-counts";
import { failureOf } from "../../cluster/connection";
import { type Endpoint, showEndpoint } from "../../cluster/endpoint";
import { type Login } from "../../cluster/login";
import { type NodeStatus, statusOf } from "../../cluster/node-status";
import { endpointOf, type View } from "../../cluster/view";

/** A replica and the result of its comparison with its master. */
export interface Compared {
  readonly status: NodeStatus;
  /** Undefined if the master is unknown. */
  readonly master: Endpoint | undefined;
  readonly slots: SlotCounts | undefined;
  /** Undefined without `--digest`. */
  readonly contents: Contents | undefined;
  /** Why something was not compared; undefined if everything was. */
  readonly obstacle: Unanswered | undefined;
  /** What is wrong with the replica, as the cluster sees it. */
  readonly ailments: readonly Ailment[];
}

export interface CompareOptions extends ContentsOptions {
  readonly isDigest: boolean;
}

/** The replicas of a cluster: nodes that masters or the nodes themselves list as replicas. */
export function replicasIn(view: View): NodeStatus[] {
  return view.ids
    .map((id) => statusOf(view, id))
    .filter(({ role, link }) => role === "replica" || role === "unlisted" || link !== undefined);
}

/** Compares a replica with its master. It never rejects. */
export async function compare(
  view: View,
  status: NodeStatus,
  login: Login,
  options: CompareOptions,
): Promise<Compared> {
  const node = status.master === undefined ? undefined : view.agreed(status.master);
  const master = node && endpointOf(node);
  const { endpoint, link, silence } = status;
  const ailments = ailmentsOfNode(view, status);
  const compared = { status, master, ailments, slots: undefined, contents: undefined };
  const without = (reason: string): Compared => ({ ...compared, obstacle: unanswered("error", reason) });
  if (silence !== undefined) return without(silence);
  if (node === undefined || master === undefined || endpoint === undefined)
    return without("its master is unknown");
  // Without a link it cannot have what its master has.
  if (link !== "up") return without(`its link is ${link ?? "unknown"}`);
  let [slots, contents]: [SlotCounts | undefined, Contents | undefined] = [undefined, undefined];
  let pair: Pair | undefined;
  try {
    pair = await Pair.open(master, answeringEndpoint(view, status) ?? endpoint, login);
    slots = await compareSlots(pair, node.slots);
    if (options.isDigest) contents = await compareContents(pair, options);
    return { ...compared, slots, contents, obstacle: undefined };
  } catch (error) {
    return { ...compared, slots, contents, obstacle: failureOf(error) };
  } finally {
    pair?.close();
  }
}

/** A comparison with the state of the replica after it, which can have taken hours. */
export function after(view: View, compared: Compared): Compared {
  const status = statusOf(view, compared.status.id);
  const hasChanged = status.role !== compared.status.role || status.master !== compared.status.master;
  const changed = unanswered("error", "its role or its master has changed meanwhile; run `verify` again");
  return {
    ...compared,
    status,
    ailments: ailmentsOfNode(view, status),
    obstacle: compared.obstacle ?? (hasChanged ? changed : undefined),
  };
}

/** Where a node answers, which is not always where it is listed. */
function answeringEndpoint(view: View, { id }: NodeStatus): Endpoint | undefined {
  return view.membersWith(id)[0]?.endpoint;
}

/** Whether a replica is in sync and has what its master has, as far as it was compared. */
export function isSame({ status, ailments, slots, contents, obstacle }: Compared): boolean {
  return (
    status.isInSync &&
    ailments.length === 0 &&
    obstacle === undefined &&
    (slots?.differences.length ?? 0) === 0 &&
    (contents?.differing ?? 0) === 0
  );
}

/** How a replica is named in messages. */
export function nameOf({ endpoint, id }: NodeStatus): string {
  return endpoint === undefined ? id : showEndpoint(endpoint);
}
