import { type Endpoint } from "../endpoint";
import { type Facts } from "./facts";
import { type Directive, type NodeFacts } from "./node-facts";

const PORT = 6379;

/** A command to a server, as a shell takes it. */
export function redisCli(
  { expected }: Pick<Facts, "expected">,
  { host, port }: Endpoint,
  ...words: readonly string[]
): string {
  const place = ["-h", host, ...(port === PORT ? [] : ["-p", String(port)])];
  return ["redis-cli", ...place, ...expected.cli, ...words].map(quoted).join(" ");
}

/** The commands that set a directive at nodes, and keep it. */
export function configSet(
  facts: Pick<Facts, "expected">,
  nodes: readonly NodeFacts[],
  directive: Directive,
  value: string,
): string[] {
  return nodes.flatMap(({ endpoint }) => [
    redisCli(facts, endpoint, "CONFIG", "SET", directive, value),
    redisCli(facts, endpoint, "CONFIG", "REWRITE"),
  ]);
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
