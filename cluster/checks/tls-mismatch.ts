import { type Answer, known } from "../answer";
import { type Check } from "./check";
import { judge, namesOf } from "./judge";
import { type Directive, type NodeFacts } from "./node-facts";
import { configSet } from "./redis-cli";

/** A server without TLS does not know the directives. */
function valueOf({ directives }: NodeFacts, name: Directive): Answer<string> {
  const answer = directives[name];
  return answer.known ? known(answer.value ?? "no") : answer;
}

/** All links of a cluster use TLS, or none. */
export const tlsMismatch: Check = {
  severity: "error",
  keys: ["tls", "tls.clientAuth"],
  when: "`tls-replication` or `tls-cluster` of a node differ from the config (`tls`); as a warning, `tls-auth-clients`",
  why: "Nodes with and without TLS cannot connect to each other.",
  check(facts) {
    const { tlsAuthClients } = facts.expected;
    const wanted = tlsAuthClients === undefined ? "no" : "yes";
    const links = (["tls-replication", "tls-cluster"] as const).flatMap((name) =>
      judge(
        facts.nodes,
        (node) => valueOf(node, name),
        (value, found) =>
          value === wanted
            ? undefined
            : {
                seen: `\`${name}\` is ${value} at ${namesOf(found)}, and the config ${wanted === "yes" ? "sets" : "does not set"} \`tls\`.`,
                remedy: `${wanted === "yes" ? "Remove `tls` from" : "Set `tls` in"} the config, or change the nodes together:`,
                commands: configSet(facts, found, name, wanted),
              },
      ),
    );
    if (tlsAuthClients === undefined) return links;
    const clients = judge(
      facts.nodes,
      (node) => valueOf(node, "tls-auth-clients"),
      (value, found) =>
        value === tlsAuthClients
          ? undefined
          : {
              seen: `\`tls-auth-clients\` is ${value} at ${namesOf(found)}, and ${tlsAuthClients} at the replicas (\`tls.clientAuth\`): after a failover, clients without a certificate may be refused.`,
              remedy: "Set `tls.clientAuth` as at the masters, or:",
              commands: configSet(facts, found, "tls-auth-clients", tlsAuthClients),
              severity: "warning" as const,
            },
    );
    return [...links, ...clients];
  },
};
