import { type Asked } from "../injector";
import { type InjectionKind, injectionKinds } from "../injection";
import { type InjectionPlanData } from "../injection-plan";
import { type Cluster } from "./cluster";

/** Delays in milliseconds that are longer than the timeout of any question; see agent.py. */
const late = { usual: 1200, long: 4500 };
/** The command whose timeout is the time that a save may take. */
const longCommand = "SHUTDOWN";

/** A question in the form that is the same in every cluster: addresses and IDs are replaced by roles. */
export interface PointQuestion {
  readonly address: string;
  readonly command: readonly string[];
  readonly occurrence: number;
}

/** An injection into one question of a scene. */
export interface Point extends PointQuestion {
  readonly kind: InjectionKind;
}

/** Words that differ between clusters, and the names that replace them. */
function names(cluster: Cluster): [string, string][] {
  const { port, masters, ids, replica } = cluster;
  return [
    ...masters.flatMap(({ ip }, index): [string, string][] => [
      [`${ip}:${port}`, `master-${index}`],
      [ip, `IP-of-master-${index}`],
    ]),
    ...ids.map((id, index): [string, string] => [id, `ID-of-master-${index}`]),
    [`127.0.0.1:${port}`, "local"],
    [`${replica.ip}:${port}`, "replica"],
    [replica.ip, "IP-of-replica"],
    [String(port), "PORT"],
    [String(port + 10_000), "BUS-PORT"],
  ];
}

/** The different questions that were asked. A node ID of another node than a master is replaced by `*`. */
export function questionsOf(cluster: Cluster): PointQuestion[] {
  const roles = new Map(names(cluster));
  const called = (word: string): string => roles.get(word) ?? (/^[0-9a-f]{40}$/.test(word) ? "*" : word);
  const counted = new Map<string, number>();
  return cluster.asked.map((asked: Asked) => {
    const question = { address: called(asked.address), command: asked.command.map(called) };
    // Two IDs may have been replaced by the same word.
    const key = JSON.stringify(question);
    const occurrence = (counted.get(key) ?? 0) + 1;
    counted.set(key, occurrence);
    return { ...question, occurrence: asked.command.some((word) => called(word) === "*") ? 1 : occurrence };
  });
}

/** Every kind of injection for every different question. */
export function pointsOf(questions: readonly PointQuestion[]): Point[] {
  const different = new Map(questions.map((question) => [JSON.stringify(question), question]));
  return [...different.values()].flatMap((question) => injectionKinds.map((kind) => ({ ...question, kind })));
}

/** The injector's plan for a point, in a cluster. */
export function planOf(cluster: Cluster, { address, command, occurrence, kind }: Point): InjectionPlanData {
  const words = new Map(names(cluster).map(([word, role]) => [role, word]));
  const real = (word: string): string => words.get(word) ?? word;
  const ms = command[0] === longCommand ? late.long : late.usual;
  return {
    injections: [
      {
        address: real(address),
        command: command.map(real),
        occurrence,
        kind,
        ...(kind === "delay" && { ms }),
      },
    ],
  };
}

export function show({ kind, address, command, occurrence }: Point): string {
  const words = command.map((word) => (word.length > 40 ? `${word.slice(0, 40)}…` : word));
  return `${kind} of ${address} ${words.join(" ")} #${occurrence}`;
}
