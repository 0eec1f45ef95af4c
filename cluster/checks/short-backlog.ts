import { type Answer, known } from "../answer";
import { type Check, NOT_APPLICABLE, skipped } from "./check";
import { type Facts } from "./facts";
import { judge, namesOf } from "./judge";
import { type NodeFacts } from "./node-facts";
import { configSet } from "./redis-cli";
import { REPLACEMENT_MINUTES } from "./replacement";
import { showBytes, showMinutes, toDirective } from "./units";

/** Bytes a second below which a server is idle: it sends a PING every ten seconds. */
const IDLE = 64;

/** The backlog of a master, and how long it lasts at the present write rate. */
export interface Backlog {
  readonly bytes: number;
  readonly rate: number;
  /** Infinite while nothing is written. */
  readonly minutes: number;
}

/** The backlog of a node. */
export function backlogOf({ directives, writeRate }: NodeFacts): Answer<Backlog> {
  const size = directives["repl-backlog-size"];
  if (!size.known) return size;
  if (!writeRate.known) return writeRate;
  const [bytes, rate] = [Number(size.value), writeRate.value];
  return known({ bytes, rate, minutes: rate < IDLE ? Infinity : bytes / rate / 60 });
}

/** The masters to which nothing was written meanwhile. What a time of writes would need is then not known. */
export function idleMasters({ masters }: Facts): NodeFacts[] {
  return masters.filter(({ writeRate }) => writeRate.known && writeRate.value < IDLE);
}

export function idleReason(idle: readonly NodeFacts[]): string {
  return `nothing was written to ${namesOf(idle)} meanwhile; run \`check\` at a busy time`;
}

export const shortBacklog: Check = {
  severity: "warning",
  keys: ["redis.backlogSize", "masters"],
  when: `\`repl-backlog-size\` of a master covers fewer than ${REPLACEMENT_MINUTES} minutes of the writes that are measured meanwhile`,
  why: `A replacement has up to ${REPLACEMENT_MINUTES} minutes of writes to catch up with. What the backlog no longer has costs a full resync.`,
  check(facts: Facts) {
    if (facts.masters.length === 0) return NOT_APPLICABLE;
    const idle = idleMasters(facts);
    return [
      ...judge(facts.masters, backlogOf, ({ bytes, rate, minutes }, found) => {
        if (minutes >= REPLACEMENT_MINUTES) return undefined;
        const needed = rate * 60 * REPLACEMENT_MINUTES;
        return {
          seen: `The backlog of ${namesOf(found)} has ${showBytes(bytes)}, which covers an outage of ${showMinutes(minutes)} at ${showBytes(rate)} of writes a second.`,
          remedy: "Raise it at the masters, and `redis.backlogSize` in the config:",
          commands: configSet(facts, found, "repl-backlog-size", toDirective(needed)),
        };
      }),
      ...(idle.length === 0 ? [] : [skipped(idleReason(idle))]),
    ];
  },
};
