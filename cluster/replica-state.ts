import { type Answer, type Cause } from "./answer";
import { isSpare } from "./ailments";
import { type Replica } from "./fleet";
import { type Info, numberIn } from "./info";
import { type Member, selfOf } from "./member";

/** The state of a replica's agent, as far as Redis and Spot show it from outside. */
export type ReplicaState =
  | "in_sync"
  /** It owns slots. */
  | "promoted"
  /** Its link is up, and the agent keeps it out of elections until it has caught up. */
  | "not_electable"
  /** It receives data from its master. */
  | "syncing"
  /** Its link is down. */
  | "link_down"
  /** Redis loads its data. */
  | "loading"
  /** Redis runs, and has no master yet. */
  | "joining"
  /** What the node shows and what its masters show differ. */
  | "contradiction"
  /** There is no EC2 instance, or it is being replaced. */
  | "no_instance"
  /** It is only a private IP that is kept for later. */
  | "spare"
  /** Redis does not run: the agent waits, has refused to start it, or the instance still boots. */
  | "not_running"
  /** It did not answer in time. */
  | "no_answer"
  /** It does not let this user in. */
  | "no_access"
  | "unknown";

/** A state, and what is known of its reason: one line. */
export interface StateOfReplica {
  readonly state: ReplicaState;
  readonly detail: string;
}

/** The command that shows the agent's state and its reason. Neither is visible from outside. */
const ON_INSTANCE = "on the instance, `redis-replica status` shows the reason";

/** The states of Spot in which an instance is not expected to answer. */
const TRANSIENT: readonly string[] = [
  ...["PAUSE", "PAUSING", "PAUSED", "RESUME", "RESUMING", "RECYCLE", "RECYCLING"],
  ...["DEALLOCATE", "DEALLOCATING", "DEALLOCATED"],
];

/**
 * The state of a replica, without a login on the instance. `electable`: whether the agent lets it take part in elections
 * once it is in sync.
 */
export function stateOf({ stateful, instance, node, member }: Replica, electable = true): StateOfReplica {
  const silence = member && causeOf(member);
  if (isSpare(stateful) && (member === undefined || silence !== undefined))
    return { state: "spare", detail: "its private IP is kept, and it never had an instance" };
  const isWithout = instance === undefined || TRANSIENT.includes(stateful.state);
  if (isWithout && (member === undefined || silence !== undefined))
    return { state: "no_instance", detail: `Spot lists it as ${stateful.state}` };
  if (member !== undefined && silence !== undefined) return ofSilence(silence, member);
  if (member === undefined || node === undefined)
    return { state: "unknown", detail: "its address was not asked" };
  const info = infoOf(member);
  if (node.link === "down") return { state: "link_down", detail: first(node.contradictions) ?? "" };
  if (node.link === "syncing") return { state: "syncing", detail: syncProgress(info) };
  if (node.contradictions.length > 0) return { state: "contradiction", detail: first(node.contradictions)! };
  if (node.role === "owner") return { state: "promoted", detail: `append-only file ${aof(info)}` };
  if (node.role === "replica") {
    const barred = selfOf(member)?.flags.includes("nofailover") === true;
    if (barred && electable)
      return {
        state: "not_electable",
        detail: `its link is up, and it is kept out of elections; ${ON_INSTANCE}`,
      };
    return node.isInSync
      ? { state: "in_sync", detail: "" }
      : { state: "unknown", detail: "its master did not answer" };
  }
  return { state: "joining", detail: "it has no master yet" };
}

/** Whether nothing is to be done about a replica in this state. */
export function isWell({ state }: StateOfReplica): boolean {
  return state === "in_sync" || state === "promoted" || state === "spare";
}

/** Why there are no answers. A server that loads its data answers INFO and nothing else. */
function causeOf({ nodes, info }: Member): { cause: Cause; reason: string } | undefined {
  const silent: Answer<unknown> = nodes.known ? info : nodes;
  return silent.known ? undefined : silent;
}

function ofSilence({ cause, reason }: { cause: Cause; reason: string }, member: Member): StateOfReplica {
  switch (cause) {
    case "loading":
      return { state: "loading", detail: loadProgress(infoOf(member)) };
    case "unreachable":
      return { state: "not_running", detail: `${reason}; ${ON_INSTANCE}` };
    case "timeout":
      return { state: "no_answer", detail: reason };
    case "auth":
    case "permission":
    case "tls":
      return { state: "no_access", detail: reason };
    default:
      return { state: "unknown", detail: reason };
  }
}

function infoOf({ info }: Member): Info {
  return info.known ? info.value : {};
}

function first(contradictions: readonly { readonly detail: string }[]): string | undefined {
  return contradictions[0]?.detail;
}

function loadProgress(info: Info): string {
  const [percent, eta] = [numberIn(info, "loading_loaded_perc"), numberIn(info, "loading_eta_seconds")];
  if (percent === undefined) return "Redis loads its data";
  return `Redis has loaded ${Math.round(percent)} % of its data${eta === undefined ? "" : `, ${eta} s left`}`;
}

function syncProgress(info: Info): string {
  const [read, total] = [numberIn(info, "master_sync_read_bytes"), numberIn(info, "master_sync_total_bytes")];
  if (read === undefined) return "";
  // A master that sends without a file does not know the size.
  return total === undefined || total <= 0 ? `${read} bytes received` : `${read} of ${total} bytes received`;
}

function aof(info: Info): string {
  const enabled = numberIn(info, "aof_enabled");
  if (enabled === undefined) return "unknown";
  return enabled === 1 ? "on" : "off until the agent's next look";
}
