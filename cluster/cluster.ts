import { isIP } from "node:net";
import { type Endpoint, showEndpoint } from "./endpoint";
import { type Login } from "./login";
import { type ClusterNode } from "./cluster-nodes";
import { isOneServer, type Member, selfOf, unasked } from "./member";
import { QUESTION_TIMEOUT, Server } from "./server";
import { endpointOf, View } from "./view";

/** A look finds further members in the answers of known ones. More rounds than this are not needed: gossip is flat. */
const ROUNDS = 3;
/** Milliseconds that all rounds may take together: time for one in which a seed hangs, and for one in which another does. */
const LOOK_TIMEOUT = 2 * QUESTION_TIMEOUT;

/** A running cluster. Its connections stay open between two looks. */
export class Cluster {
  private readonly servers = new Map<string, Server>();

  constructor(
    /** The masters of the config. At least one must answer. */
    readonly seeds: readonly Endpoint[],
    readonly login: Login,
    private readonly timeout = LOOK_TIMEOUT,
  ) {}

  /**
   * Asks the seeds and `further` endpoints, and then every node that most of the answering members list. The password goes
   * to no other address, since a single member could name any. `further` are endpoints that the caller trusts: a node that
   * no member lists is found only there.
   */
  async look(further: readonly Endpoint[] = []): Promise<View> {
    const known = [
      ...new Map([...this.seeds, ...further].map((each) => [showEndpoint(each), each])).values(),
    ];
    const questions = { end: performance.now() + this.timeout, lines: new Map<string, ClusterNode>() };
    let view = new View(await Promise.all(known.map((endpoint) => this.ask(endpoint, questions))));
    for (let round = 0; round < ROUNDS; round++) {
      const asked = new Set(view.members.map(({ endpoint }) => showEndpoint(endpoint)));
      const listed = endpointsIn(view).filter((endpoint) => !asked.has(showEndpoint(endpoint)));
      if (listed.length === 0) break;
      const found = await Promise.all(listed.map((endpoint) => this.askListed(view, endpoint, questions)));
      view = new View([...view.members, ...found]);
    }
    return withoutDoubles(view);
  }

  /** The server at an endpoint, for further questions. */
  server(endpoint: Endpoint): Server {
    const name = showEndpoint(endpoint);
    const server = this.servers.get(name) ?? new Server(endpoint, this.login);
    this.servers.set(name, server);
    return server;
  }

  /** Like `server`, with a connection of its own: for commands that block. The caller closes it. */
  ownServer(endpoint: Endpoint): Server {
    return new Server(endpoint, this.login);
  }

  close(): void {
    for (const server of this.servers.values()) server.close();
    this.servers.clear();
  }

  private async ask(endpoint: Endpoint, { end, lines }: Questions): Promise<Member> {
    const server = this.server(endpoint);
    const timeout = Math.min(QUESTION_TIMEOUT, Math.round(end - performance.now()));
    if (timeout <= 0)
      return unasked(endpoint, `${server.name}: not asked, since others did not answer in time`);
    const [nodes, info, cluster] = await Promise.all([
      server.nodes(timeout, lines),
      server.info(undefined, timeout),
      server.clusterInfo(timeout),
    ]);
    return { endpoint, nodes, info, cluster };
  }

  private async askListed(view: View, endpoint: Endpoint, questions: Questions): Promise<Member> {
    if (isTrusted(view, endpoint)) return this.ask(endpoint, questions);
    return unasked(endpoint, `${showEndpoint(endpoint)}: not asked, since most members do not list it`);
  }
}

/** What all questions of a look share. */
interface Questions {
  /** When the look ends, by `performance.now()`. */
  readonly end: number;
  /** The lines of CLUSTER NODES that were read so far. */
  readonly lines: Map<string, ClusterNode>;
}

function endpointsIn(view: View): Endpoint[] {
  const all = new Set<ClusterNode>();
  for (const { nodes } of view.answering) if (nodes.known) for (const node of nodes.value) all.add(node);
  const endpoints = [...all].flatMap((node) => endpointOf(node) ?? []);
  return [...new Map(endpoints.map((endpoint) => [showEndpoint(endpoint), endpoint])).values()];
}

/** Whether more than half of the answering members list the endpoint. */
function isTrusted(view: View, { host, port }: Endpoint): boolean {
  const lists = view.answering.filter(
    ({ nodes }) => nodes.known && nodes.value.some((node) => node.address === host && node.port === port),
  );
  return lists.length * 2 > view.answering.length;
}

/**
 * A server can be asked at several addresses: a seed by its DNS name, or at another address of its machine. The member at
 * the address that the cluster lists is kept: it is the one that masters talk about. Two servers with one ID both stay.
 */
function withoutDoubles(view: View): View {
  const members = view.members.flatMap((member) => {
    const self = selfOf(member);
    if (self === undefined) return [member];
    const same = view.membersWith(self.id).filter((other) => isOneServer(member, other));
    if (same.length === 1) return [member];
    const listed = view.agreed(self.id);
    const kept =
      same.find(({ endpoint: { host, port } }) => host === listed?.address && port === listed.port) ??
      same.find(({ endpoint }) => isIP(endpoint.host) !== 0) ??
      same[0];
    if (member !== kept) return [];
    return [{ ...member, aliases: same.filter((other) => other !== kept).map(({ endpoint }) => endpoint) }];
  });
  return members.length === view.members.length ? view : new View(members);
}
