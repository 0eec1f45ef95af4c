import { setTimeout as sleep } from "node:timers/promises";
import { type Answer } from "../answer";
import { type Cluster } from "../cluster";
import { showEndpoint } from "../endpoint";
import { statusOf } from "../node-status";
import { type View } from "../view";

/** Milliseconds in which a server ignores gossip about a node that it was told to forget. */
export const BAN = 60_000;
/** Times that every member forgets nodes that one of them lists again. */
const ROUNDS = 3;

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

/** The members that do not answer, and may list nodes that are to be forgotten. `theirs`: the endpoints of these, left out. */
function silentIn(view: View, theirs: ReadonlySet<string>): string[] {
  return view.members
    .filter(({ nodes, endpoint }) => !nodes.known && !theirs.has(showEndpoint(endpoint)))
    .map(({ endpoint }) => showEndpoint(endpoint));
}

export interface ForgetTimes {
  /** Milliseconds until every member that answers must have forgotten the nodes. */
  readonly timeout?: number;
  /** Milliseconds to wait for members that do not answer. */
  readonly patience?: number | undefined;
}

/**
 * Makes every member forget nodes, all within the ban of the first one: later, one that still lists a node would tell the
 * others. Rejects if a member that answers does not forget one. Returns the members that do not answer: they may list them.
 */
export async function forgetEverywhere(
  cluster: Cluster,
  ids: readonly string[],
  { timeout = BAN - 10_000, patience = 0 }: ForgetTimes = {},
): Promise<string[]> {
  const begin = Date.now();
  // The first members that forget a node take its address with them.
  const theirs = new Set<string>();
  for (;;) {
    const view = await cluster.look();
    for (const { endpoint } of ids.map((id) => statusOf(view, id)))
      if (endpoint !== undefined) theirs.add(showEndpoint(endpoint));
    const left = ids.flatMap((id) => listing(view, id).map((member) => ({ id, member })));
    const silent = silentIn(view, theirs);
    const waited = Date.now() - begin;
    if (left.length === 0 && (silent.length === 0 || waited >= patience)) return silent;
    const refusals = await Promise.all(
      view.answering.flatMap(({ endpoint }) =>
        left
          .filter(({ member }) => member === showEndpoint(endpoint))
          .map(({ id }) => cluster.server(endpoint).ask(["CLUSTER", "FORGET", id])),
      ),
    );
    // Without the right to it, it would not succeed later either.
    if ((left.length > 0 && waited > timeout) || refusals.some(isForbidden)) {
      const reason = refusals.find((reply) => !reply.known);
      const { id } = left[0]!;
      const members = left.filter((each) => each.id === id).map(({ member }) => member);
      throw new Error(
        `${members.join(", ")} still list node ${id}${reason === undefined || reason.known ? "" : `: ${reason.reason}`}`,
      );
    }
    await sleep(300);
  }
}

export interface WatchProps {
  readonly signal: AbortSignal;
  /** Tells a person what happens, one line each. */
  readonly report: (line: string) => void;
  /** Milliseconds for which no member may list a node again. @default - until the ban is over */
  readonly watch?: number;
  /** Milliseconds to wait for members that do not answer. */
  readonly patience?: number;
}

/**
 * Like `forgetEverywhere`, and watches whether a member lists a node again: one that did not answer tells the others. Then every
 * member forgets it once more. Rejects if that does not last.
 */
export async function forgetForGood(
  cluster: Cluster,
  ids: readonly string[],
  { signal, report, watch = BAN + 10_000, patience }: WatchProps,
): Promise<string[]> {
  for (let round = 1; ; round++) {
    const silent = await forgetEverywhere(cluster, ids, { patience });
    if (silent.length > 0 || watch === 0) return silent;
    if (round === 1)
      report(`watches for ${Math.round(watch / 1000)} s that no member lists ${showNodes(ids)} again`);
    const members = await listedAgain(cluster, ids, signal, watch);
    if (members.length === 0) return [];
    const what = `${members.join(", ")} list ${showNodes(ids)} again`;
    if (round === ROUNDS) throw new Error(`${what}, after every member forgot ${round} times`);
    report(`${what}: every member forgets once more`);
  }
}

/** Nodes in a sentence. */
export function showNodes(ids: readonly string[]): string {
  return `${ids.length === 1 ? "node" : "nodes"} ${ids.join(", ")}`;
}

/** The members that list one of the nodes within the time, as soon as there is one. */
async function listedAgain(
  cluster: Cluster,
  ids: readonly string[],
  signal: AbortSignal,
  watch: number,
): Promise<string[]> {
  const end = Date.now() + watch;
  while (Date.now() < end && !signal.aborted) {
    await sleep(Math.min(2000, watch), undefined, { signal }).catch(() => undefined);
    const view = await cluster.look();
    const members = ids.flatMap((id) => listing(view, id));
    if (members.length > 0) return [...new Set(members)];
  }
  return [];
}
