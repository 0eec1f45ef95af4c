import { type Answer } from "../answer";
import { type Finding, unchecked, type Verdict } from "./check";
import { type NodeFacts } from "./node-facts";

/**
 * Judges a fact of several nodes: once for each value, with the nodes that have it. A node whose fact is unknown is
 * reported as not checked.
 */
export function judge<T>(
  nodes: readonly NodeFacts[],
  read: (node: NodeFacts) => Answer<T>,
  finding: (value: T, nodes: readonly NodeFacts[]) => Finding | undefined,
): Verdict[] {
  const answers = nodes.map((node) => [node, read(node)] as const);
  const byValue = new Map<string | undefined, { value: T; nodes: NodeFacts[] }>();
  for (const [node, answer] of answers) {
    if (!answer.known) continue;
    const key = JSON.stringify(answer.value);
    const group = byValue.get(key) ?? { value: answer.value, nodes: [] };
    group.nodes.push(node);
    byValue.set(key, group);
  }
  return [
    ...[...byValue.values()].flatMap((group) => finding(group.value, group.nodes) ?? []),
    ...answers.flatMap(([, answer]) => (answer.known ? [] : [unchecked(answer.reason)])),
  ];
}

/** The names of nodes, as part of a sentence. */
export function namesOf(nodes: readonly { readonly name: string }[]): string {
  const names = nodes.map(({ name }) => name);
  const last = names.pop() ?? "";
  return names.length === 0 ? last : `${names.join(", ")} and ${last}`;
}
