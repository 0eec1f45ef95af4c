import { known, unanswered } from "../../../cluster/answer";
import { type Expectations } from "../../../cluster/checks/expectations";
import { type Facts } from "../../../cluster/checks/facts";
import { type NodeFacts } from "../../../cluster/checks/node-facts";
import { evaluate, type Evaluation } from "../../../cluster/checks/evaluation";
import { parseClusterNodes } from "../../../cluster/cluster-nodes";
import { type Info } from "../../../cluster/info";
import { type Member } from "../../../cluster/member";
import { View } from "../../../cluster/view";

export const GIB = 2 ** 30;

/** What a config without choices expects. */
export const EXPECTED: Expectations = {
  release: undefined,
  modules: [],
  username: undefined,
  tlsAuthClients: undefined,
  nodeTimeout: undefined,
  maxMemory: GIB,
  maxMemoryPolicy: "noeviction",
  masterZones: [],
  types: [{ type: "r6i.large", bytes: 16 * GIB }],
  dataShare: 0.75,
  addresses: known([]),
  groups: [
    {
      name: "redis-replicas",
      properties: [
        { key: "replicas", attribute: "desired_capacity", values: [3] },
        { key: "instanceTypes.spot", attribute: "instance_types_spot", values: ["r6i.large", "r5.large"] },
      ],
    },
  ],
  cli: [],
};

const DIRECTIVES = {
  "repl-backlog-size": String(GIB),
  "repl-backlog-ttl": "3600",
  "client-output-buffer-limit": "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
  "cluster-node-timeout": "15000",
  "cluster-allow-replica-migration": "no",
  "cluster-replica-validity-factor": "10",
  "cluster-require-full-coverage": "no",
  "min-replicas-to-write": "0",
  maxmemory: String(GIB),
  "maxmemory-policy": "noeviction",
  save: "3600 1",
  appendonly: "no",
  masteruser: "",
  masterauth: "",
  "tls-replication": "no",
  "tls-cluster": "no",
  "tls-auth-clients": "yes",
};

export interface NodeSample {
  readonly info?: Info;
  readonly directives?: Partial<typeof DIRECTIVES>;
  readonly facts?: Partial<NodeFacts>;
}

const id = (number: number): string => String(number).padStart(40, "0");

/** The masters 10.0.1.1, 10.0.1.2 and 10.0.1.3, each with the replica 10.0.2.N. */
export function factsOf({
  masters = [{}, {}, {}],
  expected = {},
  ...given
}: Partial<Omit<Facts, "masters" | "expected">> & {
  readonly masters?: readonly NodeSample[];
  readonly expected?: Partial<Expectations>;
} = {}): Facts {
  const slots = ["0-5460", "5461-10922", "10923-16383"];
  const lines = masters.flatMap((_, index) => [
    `${id(index + 1)} 10.0.1.${index + 1}:6379@16379 master - 0 0 ${index + 1} connected ${slots[index]}`,
    `${id(index + 11)} 10.0.2.${index + 1}:6379@16379 slave ${id(index + 1)} 0 0 ${index + 1} connected`,
  ]);
  const nodes = masters.map(({ info = {}, directives = {}, facts = {} }, index): NodeFacts => {
    const mine = lines.map((line) =>
      line.startsWith(id(index + 1)) ? line.replace(" master ", " myself,master ") : line,
    );
    const endpoint = { host: `10.0.1.${index + 1}`, port: 6379 };
    const listed = parseClusterNodes(mine.join("\n"));
    const member: Member = {
      endpoint,
      nodes: known(listed),
      info: known({
        cluster_enabled: "1",
        redis_version: "7.0.15",
        used_memory: String(GIB),
        rdb_last_bgsave_status: "ok",
        ...info,
      }),
      cluster: known({ cluster_state: "ok" }),
    };
    return {
      ...{ name: `10.0.1.${index + 1}:6379`, endpoint, member, role: "master" },
      ...{ node: listed.find(({ flags }) => flags.includes("myself")), bus: known(true), modules: known([]) },
      ...{ users: known({ default: "a" }), missingRights: known([]), writeRate: known(1000) },
      certificate: unanswered("error", "no TLS"),
      directives: Object.fromEntries(
        Object.entries({ ...DIRECTIVES, ...directives }).map(([name, value]) => [name, known(value)]),
      ) as unknown as NodeFacts["directives"],
      ...facts,
    };
  });
  return {
    expected: { ...EXPECTED, ...expected },
    view: new View(nodes.map(({ member }) => member)),
    nodes,
    masters: nodes,
    replicas: [],
    spot: known([]),
    groupAddresses: known(new Set<string>()),
    now: new Date("2026-01-01T00:00:00Z"),
    ...given,
  };
}

/** The findings of a rule, as `severity: text`. */
export function findingsOf(rule: string, { findings }: Evaluation): string[] {
  return findings
    .filter((each) => each.rule === rule)
    .map(({ severity, seen, remedy, commands }) =>
      [`${severity}: ${seen} ${remedy}`, ...commands].join("\n"),
    );
}

/** The findings of a rule for facts. */
export function found(rule: string, facts: Facts): string[] {
  return findingsOf(rule, evaluate(facts));
}
