import { type Cause } from "../answer";
import { type Check, unchecked, type Verdict } from "./check";
import { type NodeFacts } from "./node-facts";

/** What to do about a node without an answer. */
const REMEDIES: Partial<Record<Cause, (node: NodeFacts) => string>> = {
  unresolved: () => "Correct the name in `masters`, or its DNS record.",
  unreachable: ({ endpoint }) =>
    `Start the server, or allow TCP port ${endpoint.port} from here and from the replicas.`,
  timeout: ({ endpoint }) =>
    `Look at the server with \`redis-cli --latency\`, and check that no firewall drops TCP port ${endpoint.port}.`,
  tls: () => "Set up TLS alike at all nodes and in the config (`tls`), with certificates of one authority.",
  auth: () => "Give the user the same password at all nodes.",
  loading: () => "Wait until it has loaded its data.",
};

/** A node that has another error, or refuses a command, does answer. */
export const unreachableNode: Check = {
  severity: "error",
  keys: ["masters", "redis.port"],
  when: "a node does not answer: the name, the connection, TLS, the password or the time limit (warning for a replica)",
  why: "Replicas cannot follow a master that does not answer, and its slots may be unavailable.",
  check({ nodes }) {
    return nodes.flatMap((node): Verdict[] => {
      const { info } = node.member;
      if (info.known || info.cause === "permission") return [];
      const remedy = REMEDIES[info.cause];
      if (remedy === undefined) return [unchecked(info.reason)];
      const isReplica = node.role === "replica" || info.cause === "loading";
      return [
        {
          seen: `No answer from ${info.reason}.`,
          remedy: remedy(node),
          ...(isReplica ? { severity: "warning" } : {}),
        },
      ];
    });
  },
};
