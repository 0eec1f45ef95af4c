import { type Answer, known } from "../answer";
import { numberIn } from "../info";
import { type Check, skipped } from "./check";
import { judge, namesOf } from "./judge";
import { type NodeFacts } from "./node-facts";
import { configSet } from "./redis-cli";
import { SYNC_RATE } from "./replacement";
import { idleMasters, idleReason } from "./short-backlog";
import { showBytes } from "./units";

interface Buffer {
  /** Bytes that end the link at once; 0 without a limit. */
  readonly hard: number;
  /** Bytes that end it after `seconds`. */
  readonly soft: number;
  readonly seconds: number;
  /** Seconds that a full sync takes, and the bytes that are written meanwhile. */
  readonly duration: number;
  readonly needed: number;
}

function bufferOf({ name, directives, writeRate, member }: NodeFacts): Answer<Buffer> {
  const limits = directives["client-output-buffer-limit"];
  for (const answer of [limits, writeRate, member.info]) if (!answer.known) return answer;
  if (!limits.known || !writeRate.known || !member.info.known) return limits as Answer<never>;
  const [, hard, soft, seconds] = /(?:slave|replica) (\d+) (\d+) (\d+)/.exec(limits.value ?? "") ?? [];
  const memory = numberIn(member.info.value, "used_memory");
  if (hard === undefined || memory === undefined)
    return { known: false, cause: "error", reason: `${name}: INFO or CONFIG GET lacks a field` };
  const backlog = directives["repl-backlog-size"];
  // The server does not apply a limit that is lower than its backlog.
  const least = backlog.known ? Number(backlog.value) : 0;
  const at = (limit: string | undefined): number =>
    Number(limit) === 0 ? 0 : Math.max(Number(limit), least);
  const duration = memory / SYNC_RATE;
  return known({
    ...{ hard: at(hard), soft: at(soft), seconds: Number(seconds) },
    ...{ duration: Math.round(duration), needed: Math.round(duration * writeRate.value) },
  });
}

/** During a full sync, the master buffers what is written meanwhile. */
export const smallOutputBuffer: Check = {
  severity: "warning",
  keys: ["masters"],
  when: "`client-output-buffer-limit replica` of a master is below what is written during a full sync, at 20 MiB of data a second",
  why: "The master closes the link during a full sync, which begins again and never ends.",
  check(facts) {
    const idle = idleMasters(facts);
    const busy = facts.masters.filter((node) => !idle.includes(node));
    const findings = judge(busy, bufferOf, ({ hard, soft, seconds, duration, needed }, found) => {
      const isTooSmall = (hard > 0 && needed > hard) || (soft > 0 && needed > soft && duration > seconds);
      if (!isTooSmall) return undefined;
      const limits = `${showBytes(hard)}, or ${showBytes(soft)} for ${seconds} seconds`;
      const [most, time] = [needed * 2, Math.max(60, duration * 2)].map(Math.ceil);
      return {
        seen: `A full sync of ${namesOf(found)} takes about ${duration} seconds, in which ${showBytes(needed)} are written. The limit is ${limits}.`,
        remedy: "Raise it:",
        commands: configSet(facts, found, "client-output-buffer-limit", `replica ${most} ${needed} ${time}`),
      };
    });
    return idle.length === 0 ? findings : [...findings, skipped(idleReason(idle))];
  },
};
