import { type ClusterNode, slotCount } from "./cluster-nodes";
import { type Endpoint, showEndpoint } from "./endpoint";
import { type Member, selfOf } from "./member";

const SLOTS = 16_384;

/** How one member lists a node. */
export interface Sighting {
  readonly observer: Member;
  /** Undefined if the member does not list the node. */
  readonly node: ClusterNode | undefined;
}

/**
 * All members of a cluster, with their answers at one moment. Two members can contradict each other. What the members agree
 * on is asked for each node several times, so it is computed once, at the first question.
 */
export class View {
  /** The members that answered CLUSTER NODES. */
  readonly answering: readonly Member[];
  /** The members that own slots by their own account: the observers whose view counts. */
  readonly masters: readonly Member[];
  /** Owners of slots, or all members where none of these answered. */
  private readonly observers: readonly Member[];
  private readonly byId = new Map<string, Member[]>();
  /** The places of the answering members, and how each of them lists a node, by its ID. */
  private readonly places = new Map<Member, number>();
  private readonly lines = new Map<string, (ClusterNode | undefined)[]>();
  private listed?: readonly string[];
  private agreements?: ReadonlyMap<string, ClusterNode>;
  private addresses?: ReadonlySet<string>;
  private missing?: number;

  constructor(readonly members: readonly Member[]) {
    this.answering = members.filter(({ nodes }) => nodes.known);
    const owners: Member[] = [];
    for (const [place, member] of this.answering.entries()) {
      this.places.set(member, place);
      for (const node of nodesOf(member)) {
        const lines = this.lines.get(node.id) ?? [];
        lines[place] = node;
        this.lines.set(node.id, lines);
      }
      const self = selfOf(member);
      if (self === undefined) continue;
      this.byId.set(self.id, [...(this.byId.get(self.id) ?? []), member]);
      if (self.flags.includes("master") && slotCount(self.slots) > 0) owners.push(member);
    }
    this.masters = owners;
    this.observers = owners.length > 0 ? owners : this.answering;
  }

  /** The members that say that they are this node. There are two if a volume is attached twice. */
  membersWith(id: string): readonly Member[] {
    return this.byId.get(id) ?? [];
  }

  /** The member at an address and a port. */
  memberAt({ host, port }: Endpoint): Member | undefined {
    return this.members.find(({ endpoint }) => endpoint.host === host && endpoint.port === port);
  }

  /** Every node that any observer lists, as most of them list it, in the order of the IDs. */
  get nodes(): readonly ClusterNode[] {
    return [...this.agreedLines().values()];
  }

  /** The IDs of all nodes that any member lists, in order. */
  get ids(): readonly string[] {
    this.listed ??= [...this.lines.keys()].sort();
    return this.listed;
  }

  /** The owners of slots, as the members agree on them, in the order of their first slot. */
  get owners(): readonly ClusterNode[] {
    return this.nodes
      .filter(({ flags, slots }) => flags.includes("master") && slots.length > 0)
      .sort((one, other) => one.slots[0]![0] - other.slots[0]![0]);
  }

  /** The nodes that most members list as replicas of a master. */
  replicasOf(masterId: string): readonly ClusterNode[] {
    return this.nodes.filter(({ master }) => master === masterId);
  }

  /** How each answering owner of slots lists a node, the node itself left out. */
  sightings(id: string): readonly Sighting[] {
    const own = this.membersWith(id);
    return this.masters
      .filter((member) => !own.includes(member))
      .map((observer) => ({ observer, node: this.lineOf(observer, id) }));
  }

  /** Whether most of the observers list a node at an address and a port. */
  isListed(endpoint: Endpoint): boolean {
    this.addresses ??= new Set(this.nodes.flatMap((node) => endpointOf(node) ?? []).map(showEndpoint));
    return this.addresses.has(showEndpoint(endpoint));
  }

  /** A node as most of the observers list it. Undefined if none lists it. */
  agreed(id: string): ClusterNode | undefined {
    return this.agreedLines().get(id);
  }

  /**
   * The number of slots that no owner has, as most of the observers see it. Lines that are agreed on are not counted
   * together: while a slot moves, that of its old owner and that of its new one can both have it, or neither.
   */
  get uncovered(): number {
    this.missing ??= this.countUncovered();
    return this.missing;
  }

  private countUncovered(): number {
    const { observers } = this;
    const counts = new Uint16Array(SLOTS);
    for (const member of observers)
      for (const { slots } of nodesOf(member))
        for (const [first, last] of slots) for (let slot = first; slot <= last; slot++) counts[slot]! += 1;
    return counts.filter((count) => count * 2 < observers.length || count === 0).length;
  }

  private lineOf(member: Member, id: string): ClusterNode | undefined {
    return this.lines.get(id)?.[this.places.get(member) ?? -1];
  }

  /** The agreed line of each node that an observer lists, in the order of the IDs. */
  private agreedLines(): ReadonlyMap<string, ClusterNode> {
    this.agreements ??= new Map(
      this.ids.flatMap((id) => {
        const line = mostCommon(this.observers.map((member) => this.lineOf(member, id)));
        return line === undefined ? [] : [[id, line] as const];
      }),
    );
    return this.agreements;
  }
}

/** The endpoint of a node; undefined while its address is unknown. */
export function endpointOf({ address, port }: ClusterNode): Endpoint | undefined {
  return address === "" || !(port > 0) ? undefined : { host: address, port };
}

/** The flags of a node that the cluster counts as lost, or as about to be, or has not met yet. */
export const FAILING: readonly string[] = ["fail", "fail?", "handshake", "noaddr"];

/** Whether the cluster counts a node as lost, or as about to be. */
export function isFailing({ flags }: ClusterNode): boolean {
  return flags.some((flag) => FAILING.includes(flag));
}

function nodesOf({ nodes }: Member): readonly ClusterNode[] {
  return nodes.known ? nodes.value : [];
}

/** The line that most observers have; of two that as many have, the one with the higher epoch. */
function mostCommon(lines: readonly (ClusterNode | undefined)[]): ClusterNode | undefined {
  // Most members have the same line, which then is one object.
  const counts = new Map<ClusterNode, number>();
  for (const line of lines) if (line !== undefined) counts.set(line, (counts.get(line) ?? 0) + 1);
  const groups = new Map<string, { readonly line: ClusterNode; count: number }>();
  for (const [line, count] of counts) {
    const endpoint = endpointOf(line);
    const flags = line.flags.filter((flag) => flag !== "myself");
    const key = JSON.stringify([endpoint && showEndpoint(endpoint), flags, line.master, line.slots]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { line, count });
    else group.count += count;
  }
  const ranked = [...groups.values()].sort((one, other) => {
    return other.count - one.count || other.line.configEpoch - one.line.configEpoch;
  });
  return ranked[0]?.line;
}
