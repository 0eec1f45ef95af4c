import { createHash } from "node:crypto";
import { type Answer, known, map, unanswered } from "../answer";
import { certificateOf, type ServerCertificate } from "../certificate";
import { type Cluster } from "../cluster";
import { type ClusterNode } from "../cluster-nodes";
import { type Endpoint, showEndpoint } from "../endpoint";
import { numberIn } from "../info";
import { type Member, selfOf } from "../member";
import { reach } from "../port";
import { QUESTION_TIMEOUT, type Server } from "../server";
import { endpointOf, type View } from "../view";
import { missingRights } from "./rights";

/** The directives that rules compare. Of a password, only whether it is set is kept. */
const DIRECTIVES = [
  ...["repl-backlog-size", "repl-backlog-ttl", "client-output-buffer-limit", "min-replicas-to-write"],
  ...["cluster-node-timeout", "cluster-allow-replica-migration", "cluster-replica-validity-factor"],
  ...["cluster-require-full-coverage", "maxmemory", "maxmemory-policy", "save", "appendonly"],
  ...["masteruser", "masterauth", "tls-replication", "tls-cluster", "tls-auth-clients"],
] as const;

export type Directive = (typeof DIRECTIVES)[number];

/** A module that a server has loaded. */
export interface Module {
  readonly name: string;
  /** Empty for one that is part of the server; undefined where the server does not list it. */
  readonly path: string | undefined;
}

/** The facts about one node. */
export interface NodeFacts {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly member: Member;
  readonly role: "master" | "replica" | "unknown";
  /** As the members list it; undefined if none does. */
  readonly node: ClusterNode | undefined;
  /** Whether the port of the cluster bus is reachable from here. */
  readonly bus: Answer<true>;
  /** Undefined where the server does not know a directive. */
  readonly directives: Readonly<Record<Directive, Answer<string | undefined>>>;
  readonly modules: Answer<readonly Module[]>;
  /** A digest of the rules of each user by its name. */
  readonly users: Answer<Readonly<Record<string, string>>>;
  /** The rights that the agent's user lacks, as rules of an ACL. */
  readonly missingRights: Answer<readonly string[]>;
  readonly certificate: Answer<ServerCertificate>;
  /** Bytes a second that are written to the replication stream. */
  readonly writeRate: Answer<number>;
}

/** Reads the facts about a member. One that did not answer before is not asked again. */
export async function nodeFacts(
  cluster: Cluster,
  view: View,
  member: Member,
  { username, sample }: { readonly username: string; readonly sample: number },
): Promise<NodeFacts> {
  const { endpoint, info } = member;
  const server = cluster.server(endpoint);
  const node = selfOf(member) ?? listed(view, endpoint);
  const busPort = node !== undefined && node.busPort > 0 ? node.busPort : undefined;
  const ask = <T>(question: () => Promise<Answer<T>>): Promise<Answer<T>> =>
    info.known || info.cause === "permission" ? question() : Promise.resolve(info);
  const [directives, bus, modules, users, rights, certificate, writeRate] = await Promise.all([
    Promise.all(DIRECTIVES.map(async (name) => [name, await ask(() => directive(server, name))] as const)),
    busPort === undefined
      ? unanswered("error", `${server.name}: the port of its cluster bus is not known`)
      : reach({ host: endpoint.host, port: busPort }, QUESTION_TIMEOUT),
    ask(() => modulesOf(server)),
    ask(async () => map(await server.askTexts(["ACL", "LIST"]), digests)),
    ask(() => missingRights(server, username)),
    cluster.login.tls === undefined
      ? unanswered("error", `${server.name}: no TLS`)
      : certificateOf(endpoint, cluster.login.tls, QUESTION_TIMEOUT),
    ask(() => writeRateOf(server, sample)),
  ]);
  return {
    ...{ name: showEndpoint(endpoint), endpoint, member, node, role: roleOf(cluster, endpoint, node) },
    ...{ bus, modules, users, missingRights: rights, certificate, writeRate },
    directives: Object.fromEntries(directives) as unknown as NodeFacts["directives"],
  };
}

function listed(view: View, { host, port }: Endpoint): ClusterNode | undefined {
  return view.nodes.find((node) => {
    const endpoint = endpointOf(node);
    return endpoint?.host === host && endpoint.port === port;
  });
}

/** A seed that did not answer, and that no member lists, is expected to be a master. A ghost has no role. */
function roleOf(cluster: Cluster, endpoint: Endpoint, node: ClusterNode | undefined): NodeFacts["role"] {
  const isGhost = node === undefined || node.flags.some((flag) => ["handshake", "noaddr"].includes(flag));
  if (!isGhost) return node.flags.includes("slave") ? "replica" : "master";
  const isSeed = cluster.seeds.some((seed) => showEndpoint(seed) === showEndpoint(endpoint));
  return isSeed ? "master" : "unknown";
}

async function directive(server: Server, name: Directive): Promise<Answer<string | undefined>> {
  return map(await server.askTexts(["CONFIG", "GET", name]), ([, value]) =>
    name === "masterauth" && value !== "" ? value && "(set)" : value,
  );
}

/** MODULE LIST has the paths; a user without that right sees the names in INFO. */
async function modulesOf(server: Server): Promise<Answer<readonly Module[]>> {
  const list = await server.askLists(["MODULE", "LIST"]);
  if (list.known)
    return map(list, (modules) =>
      modules.map((fields) => {
        const field = (name: string): string | undefined =>
          fields.includes(name) ? String(fields[fields.indexOf(name) + 1]) : undefined;
        return { name: field("name") ?? "", path: field("path") };
      }),
    );
  return map(await server.askText(["INFO", "modules"]), (text) =>
    [...text.matchAll(/^module:name=([^,]+)/gm)].map(([, name = ""]) => ({ name, path: undefined })),
  );
}

/**
 * Of each user, a digest of its rules. Servers list all but categories in any order: Redis 7.0 lists single commands in
 * that of a hash table.
 */
function digests(lines: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = "", ...rules] = line.split(" ");
      const isCategory = (rule: string): boolean => /^[+-]@/.test(rule);
      const sorted = [...rules.filter(isCategory), ...rules.filter((rule) => !isCategory(rule)).sort()];
      return [name, createHash("sha256").update(sorted.join(" ")).digest("hex")];
    }),
  );
}

async function writeRateOf(server: Server, sample: number): Promise<Answer<number>> {
  const offset = async () =>
    map(await server.info("replication"), (info) => {
      const value = numberIn(info, "master_repl_offset");
      if (value === undefined) throw new Error(`${server.name}: INFO has no master_repl_offset`);
      return { value, at: performance.now() };
    });
  const first = await offset();
  if (!first.known) return first;
  await new Promise((resolve) => setTimeout(resolve, sample));
  const second = await offset();
  if (!second.known) return second;
  const seconds = (second.value.at - first.value.at) / 1000;
  return known(Math.max(0, second.value.value - first.value.value) / seconds);
}
