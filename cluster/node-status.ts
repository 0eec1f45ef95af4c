import { type ClusterNode, slotCount } from "./cluster-nodes";
import { type Endpoint, showEndpoint } from "./endpoint";
import { type ConnectedReplica, connectedReplicas, type Info, numberIn } from "./info";
import { type Member, selfOf } from "./member";
import { endpointOf, FAILING, isFailing, type View } from "./view";

/** Seconds since its last acknowledgement after which a replica does not count as in sync. Replicas send one a second. */
const LONGEST_LAG = 5;

/** What a node is, in the view of most owners of slots. `bare`: a master without slots. */
export type Role = "owner" | "replica" | "bare" | "unlisted";

/** Two facts about a node that contradict each other. The node by itself, or its masters by themselves, look healthy. */
export type Contradiction =
  /** It answers, and at least one owner of slots does not list it. */
  | "forgotten"
  /** Owners of slots list it at another address than the one it answers at. */
  | "wrong_address"
  /** It answers, and owners of slots cannot reach its bus port. */
  | "bus_unreachable"
  /** Owners of slots list it as connected, and its replication link is down. */
  | "replication_down"
  /** Two servers answer with its ID. */
  | "duplicate_id"
  /** It lists itself at another address than its masters do. Clients that ask it for slots get that address. */
  | "stale_own_address"
  /** It follows another master than the one under which it is listed. */
  | "wrong_master"
  /** Its master owns no slots. */
  | "master_without_slots"
  /** Its master does not count it as connected although its link is up, or has no recent acknowledgement of it. */
  | "not_acknowledging"
  /** A replica is connected to it, and no member lists a node at the address of that replica. */
  | "unlisted_replica";

/** The state of one node. */
export interface NodeStatus {
  readonly id: string;
  /** Where the cluster lists it; undefined while that is unknown. */
  readonly endpoint: Endpoint | undefined;
  readonly role: Role;
  /** The ID of its master, for a replica. */
  readonly master: string | undefined;
  /** Its replication link: INFO of the node itself. Undefined for masters, and for nodes that do not answer. */
  readonly link: "up" | "down" | "syncing" | undefined;
  /** Bytes by which it is behind its master; undefined if one of both does not answer. */
  readonly behind: number | undefined;
  /** Why the node did not answer; undefined if it did. */
  readonly silence: string | undefined;
  readonly contradictions: readonly { readonly kind: Contradiction; readonly detail: string }[];
  /** A replica that has its master's writes, and is listed and reached by every owner of slots that answers. */
  readonly isInSync: boolean;
}

/** The status of a node, from the answers of all members. */
export function statusOf(view: View, id: string): NodeStatus {
  const listed = view.agreed(id);
  const answering = view.membersWith(id);
  const member = answering[0] ?? (listed && memberOf(view, listed));
  const info = member?.info.known ? member.info.value : undefined;
  const masterId = listed?.master ?? (member && selfOf(member)?.master);
  const master = masterId === undefined ? undefined : view.membersWith(masterId)[0];
  const link = linkOf(info);
  const contradictions = [
    ...ofListing(view, id, answering),
    ...(listed === undefined ? [] : ofReplication(view, listed, info, master, link)),
    ...(info === undefined ? [] : ofReplicas(view, id, info)),
  ];
  const silence = member === undefined ? "no member lists an address of it" : silenceOf(member);
  const isReached = view.sightings(id).every(({ node }) => node !== undefined && !isFailing(node));
  return {
    id,
    endpoint: (listed && endpointOf(listed)) ?? member?.endpoint,
    role: roleOf(listed),
    master: masterId,
    link,
    behind: behindOf(info, master),
    silence,
    contradictions,
    isInSync:
      roleOf(listed) === "replica" &&
      link === "up" &&
      silence === undefined &&
      contradictions.length === 0 &&
      isReached &&
      master !== undefined,
  };
}

function memberOf(view: View, node: ClusterNode): Member | undefined {
  const endpoint = endpointOf(node);
  return endpoint && view.memberAt(endpoint);
}

function silenceOf({ nodes, info }: Member): string | undefined {
  if (!nodes.known) return nodes.reason;
  return info.known ? undefined : info.reason;
}

function roleOf(listed: ClusterNode | undefined): Role {
  if (listed === undefined) return "unlisted";
  if (listed.flags.includes("slave")) return "replica";
  return slotCount(listed.slots) > 0 ? "owner" : "bare";
}

function linkOf(info: Info | undefined): NodeStatus["link"] {
  if (info?.["role"] !== "slave") return undefined;
  if (info["master_sync_in_progress"] === "1") return "syncing";
  return info["master_link_status"] === "up" ? "up" : "down";
}

function behindOf(info: Info | undefined, master: Member | undefined): number | undefined {
  if (info === undefined || !master?.info.known) return undefined;
  const [own, its] = [numberIn(info, "slave_repl_offset"), numberIn(master.info.value, "master_repl_offset")];
  // The replica was possibly asked after its master.
  return own === undefined || its === undefined ? undefined : Math.max(0, its - own);
}

type Found = NodeStatus["contradictions"];

/** How owners of slots list a node that answers. */
function ofListing(view: View, id: string, answering: readonly Member[]): Found {
  const [member] = answering;
  if (member === undefined) return [];
  const found: Found[number][] = [];
  if (answering.length > 1) {
    const places = answering.map(({ endpoint }) => showEndpoint(endpoint)).join(" and ");
    found.push({ kind: "duplicate_id", detail: `${places} answer with its ID` });
  }
  for (const { observer, node } of view.sightings(id)) {
    const by = (): string => showEndpoint(observer.endpoint);
    const at = node && endpointOf(node);
    if (node === undefined) found.push({ kind: "forgotten", detail: `${by()} does not list it` });
    else if (at !== undefined && !answering.some(({ endpoint }) => isSame(endpoint, at)))
      found.push({
        kind: "wrong_address",
        detail: `${by()} lists it at ${showEndpoint(at)}, and it answers at ${showEndpoint(member.endpoint)}`,
      });
    else if (isFailing(node) || !node.connected) {
      const state = node.flags.filter((flag) => FAILING.includes(flag));
      if (!node.connected) state.push("disconnected");
      const detail = `${by()} lists it as ${state.join(", ")}: its bus port ${node.busPort} cannot be reached from there`;
      found.push({ kind: "bus_unreachable", detail });
    }
  }
  return answering.length > 1 ? found : [...found, ...ofOwnLine(view, id, member)];
}

/** The address at which a node lists itself. It has none before another node has told it. */
function ofOwnLine(view: View, id: string, member: Member): Found {
  const [own, listed] = [selfOf(member), view.agreed(id)].map((node) => node && endpointOf(node));
  if (own === undefined || listed === undefined || isSame(own, listed)) return [];
  return [
    {
      kind: "stale_own_address",
      detail: `it lists itself at ${showEndpoint(own)}, and its masters list it at ${showEndpoint(listed)}`,
    },
  ];
}

/** The replication of a replica, by its own account and by that of its master, beside its listing. */
function ofReplication(
  view: View,
  listed: ClusterNode,
  info: Info | undefined,
  master: Member | undefined,
  link: NodeStatus["link"],
): Found {
  if (!listed.flags.includes("slave")) return [];
  const found: Found[number][] = [];
  const owner = listed.master === undefined ? undefined : view.agreed(listed.master);
  const at = owner && endpointOf(owner);
  if (info?.["role"] === "slave") {
    const follows = { host: info["master_host"] ?? "", port: Number(info["master_port"]) };
    if (link === "down") {
      const seconds = numberIn(info, "master_link_down_since_seconds");
      const since = seconds === undefined || seconds < 0 ? "" : ` for ${seconds} s`;
      found.push({
        kind: "replication_down",
        detail: `its link to ${showEndpoint(follows)} is down${since}`,
      });
    }
    if (at !== undefined && !isSame(at, follows))
      found.push({
        kind: "wrong_master",
        detail: `it follows ${showEndpoint(follows)}, and is listed under ${showEndpoint(at)}`,
      });
  }
  if (owner !== undefined && slotCount(owner.slots) === 0)
    found.push({ kind: "master_without_slots", detail: `its master ${owner.id} owns no slots` });
  const here = endpointOf(listed);
  if (!master?.info.known || here === undefined) return found;
  const counted = entryOf(view, master.info.value, here);
  const by = showEndpoint(master.endpoint);
  if (counted === undefined && link === "up")
    found.push({ kind: "not_acknowledging", detail: `${by} does not count it among its replicas` });
  // A replica that is loading or syncing is not expected to acknowledge anything.
  else if (counted?.state === "online" && counted.lag > LONGEST_LAG)
    found.push({
      kind: "not_acknowledging",
      detail: `${by} lists it as online, and its last acknowledgement was ${counted.lag} s ago`,
    });
  else if (counted !== undefined && counted.state !== "online" && link === "up")
    found.push({ kind: "not_acknowledging", detail: `${by} lists it in the state ${counted.state}` });
  return found;
}

/**
 * The entry of a replica in its master's INFO, by the address that it connects from. A machine with several addresses
 * can announce another one, and the entry at an address of no node, with its port, is then taken for its own.
 */
function entryOf(view: View, info: Info, here: Endpoint): ConnectedReplica | undefined {
  const entries = connectedReplicas(info);
  return (
    entries.find((entry) => isSame(endpointOfEntry(entry), here)) ??
    entries.find((entry) => entry.port === here.port && !view.isListed(endpointOfEntry(entry)))
  );
}

/** The replicas that a master counts. A tool that reads an RDB has no port. */
function ofReplicas(view: View, id: string, info: Info): Found {
  const entries = connectedReplicas(info).map(endpointOfEntry);
  // Listed replicas with a link that the master has no entry for: they connect from another address.
  const elsewhere = view.replicasOf(id).flatMap((node) => {
    const member = memberOf(view, node);
    const isUp = member?.info.known === true && linkOf(member.info.value) === "up";
    return isUp && !entries.some((entry) => isSame(entry, member.endpoint)) ? [node.port] : [];
  });
  return entries
    .filter((entry) => entry.port > 0 && !view.isListed(entry))
    .filter(({ port }) => {
      const index = elsewhere.indexOf(port);
      if (index >= 0) elsewhere.splice(index, 1);
      return index < 0;
    })
    .map((entry) => ({
      kind: "unlisted_replica",
      detail: `${showEndpoint(entry)} replicates from it, and no member lists a node at that address`,
    }));
}

function endpointOfEntry({ address, port }: ConnectedReplica): Endpoint {
  return { host: address, port };
}

function isSame(one: Endpoint, other: Endpoint): boolean {
  return one.host === other.host && one.port === other.port;
}
