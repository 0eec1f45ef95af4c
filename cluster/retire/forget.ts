import { setTimeout as sleep } from "node:timers/promises";
import { type Answer } from "../answer";
import { type Cluster } from "../cluster";
import { showEndpoint } from "../endpoint";
import { type View } from "../view";

/** Milliseconds in which a server ignores gossip about a node that it was told to forget. */
export const BAN = 60_000;

/** The members that list a node, itself left out. */
export function listing(view: View, id: string): string[] {
  return view.answering
    .filter(
      ({ nodes }) =>
        nodes.known && nodes.value.some((node) => node.id === id && !node.flags.includes("myself")),
    )
    .map(({ endpoint }) => showEndpoint(endpoint));
}

/** Throws if a member that answers rejects CLUSTER FORGET from this user. */
export async function requireForget(cluster: Cluster, view: View): Promise<void> {
  // No node has this ID.
  const command = ["CLUSTER", "FORGET", "0".repeat(40)];
  const replies = view.answering.map(({ endpoint }) => cluster.server(endpoint).ask(command));
  const refusal = (await Promise.all(replies)).find(isForbidden);
  if (refusal !== undefined && !refusal.known)
    throw new Error(`CLUSTER FORGET is refused, and nothing was changed: ${refusal.reason}`);
}

function isForbidden(reply: Answer<unknown>): boolean {
  return !reply.known && ["permission", "auth"].includes(reply.cause);
}

/**
 * Makes every member forget a node, all within the ban of the first one: later, one that still lists it would tell the
 * others. Rejects if a member that answers does not forget it.
 */
export async function forgetEverywhere(
  cluster: Cluster,
  id: string,
  timeout: number = BAN - 10_000,
): Promise<void> {
  const end = Date.now() + timeout;
  for (;;) {
    const view = await cluster.look();
    const left = listing(view, id);
    if (left.length === 0) return;
    const refusals = await Promise.all(
      view.answering
        .filter(({ endpoint }) => left.includes(showEndpoint(endpoint)))
        .map(({ endpoint }) => cluster.server(endpoint).ask(["CLUSTER", "FORGET", id])),
    );
    // Without the right to it, it would not succeed later either.
    if (Date.now() > end || refusals.some(isForbidden)) {
      const reason = refusals.find((reply) => !reply.known);
      throw new Error(
        `${left.join(", ")} still list node ${id}${reason === undefined || reason.known ? "" : `: ${reason.reason}`}`,
      );
    }
    await sleep(300);
  }
}

/** Waits until the ban is over, and rejects if a member lists the node again. */
export async function staysForgotten(
  cluster: Cluster,
  id: string,
  signal: AbortSignal,
  wait: number = BAN + 10_000,
): Promise<void> {
  const end = Date.now() + wait;
  while (Date.now() < end && !signal.aborted) {
    await sleep(Math.min(2000, wait), undefined, { signal }).catch(() => undefined);
    const left = listing(await cluster.look(), id);
    if (left.length > 0) throw new Error(`node ${id} came back: ${left.join(", ")} list it again`);
  }
}
