import { randomInt } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { count } from "../count";
import { currentSuite, suites } from "../suite";
import { draw, type Plan, printed } from "./plan";
import { type Range, shrink } from "./shrink";

export interface SoakOptions {
  readonly plan: Plan;
  readonly range: Range;
  /** Whether the plan is only printed. */
  readonly print: boolean;
  readonly shrink: boolean;
  /** Whether questions of the agents fail, too. */
  readonly inject: boolean;
}

/** How the rounds that were played ended: `failed` is the number of the round that did, which may be the last. */
export interface SoakResult {
  readonly failed?: number;
}

/**
 * `--soak N`, `--seed S` (default: any, which the run prints), `--rounds FIRST-LAST` (default: all), `--plan` prints what
 * would be done, `--shrink` looks for the shortest part of a failing plan, `--inject` makes questions of the agents fail.
 */
export function parseSoak(argv: readonly string[]): SoakOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      soak: { type: "string", default: "" },
      seed: { type: "string", default: String(randomInt(1, 1e6)) },
      rounds: { type: "string" },
      plan: { type: "boolean", default: false },
      shrink: { type: "boolean", default: false },
      inject: { type: "boolean", default: false },
    },
  });
  const plan = draw(count("--soak", values.soak), count("--seed", values.seed));
  const range =
    values.rounds === undefined ? { first: 1, last: plan.rounds.length } : rangeOf(values.rounds, plan);
  return { plan, range, print: values.plan, shrink: values.shrink, inject: values.inject };
}

function rangeOf(text: string, { rounds }: Plan): Range {
  const [, first = "", last = first] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text) ?? [];
  const range = { first: Number(first), last: Number(last) };
  if (range.first >= 1 && range.first <= range.last && range.last <= rounds.length) return range;
  throw new Error(`--rounds must be FIRST-LAST, from 1 to ${rounds.length}, got: ${text}`);
}

/** The command that plays a part of a plan. */
export function commandOf(
  { faults, seed, rounds }: Plan,
  { first, last }: Range,
  { inject }: Pick<SoakOptions, "inject">,
): string {
  const image = currentSuite() === suites[0] ? "" : ` --image ${currentSuite()}`;
  const part = first === 1 && last === rounds.length ? "" : ` --rounds ${first}-${last}`;
  return `npm run e2e --${image} --soak ${faults} --seed ${seed}${part}${inject ? " --inject" : ""}`;
}

/** Plays rounds of a plan in an enclosure of its own. */
export type Play = (plan: Plan, range: Range, options: Pick<SoakOptions, "inject">) => Promise<SoakResult>;

/** Prints, plays or shrinks a plan; resolves to the exit status. */
export async function runSoak(
  { plan, range, print, shrink: shrinks, inject }: SoakOptions,
  play: Play,
  say: (text: string) => void,
): Promise<number> {
  if (print) {
    say(printed({ ...plan, rounds: plan.rounds.slice(range.first - 1, range.last) }).trimEnd());
    return 0;
  }
  const { failed } = await play(plan, range, { inject });
  if (failed === undefined) return 0;
  say(
    `failed in round ${failed}; to repeat: ${commandOf(plan, { first: range.first, last: failed }, { inject })}`,
  );
  if (!shrinks) return 1;
  const before = range.first - 1;
  const found = await shrink(failed - before, async ({ first, last }) => {
    say(`shrinking: rounds ${before + first} to ${before + last}`);
    const part = { first: before + first, last: before + last };
    return (await play(plan, part, { inject })).failed !== undefined;
  });
  if (!found) {
    say(`rounds ${range.first} to ${failed} did not fail again: the failure depends on timing`);
    return 1;
  }
  const shortest = { first: before + found.first, last: before + found.last };
  say(`the shortest part that fails: rounds ${shortest.first} to ${shortest.last}`);
  say(printed({ ...plan, rounds: plan.rounds.slice(shortest.first - 1, shortest.last) }).trimEnd());
  say(`to repeat: ${commandOf(plan, shortest, { inject })}`);
  return 1;
}

/** Plays by `soak.ts`; `enclose` runs a command in an enclosure. */
export function playWith(enclose: (command: readonly string[]) => Promise<number>): Play {
  return async ({ faults, seed }, { first, last }, { inject }) => {
    const work = mkdtempSync(join(tmpdir(), "soak-"));
    try {
      const file = join(work, "result");
      const tsx = join(__dirname, "../../node_modules/.bin/tsx");
      const numbers = [faults, seed, first, last, inject ? 1 : 0].map(String);
      const code = await enclose([tsx, join(__dirname, "soak.ts"), ...numbers, file]);
      const result = resultIn(file);
      if (!result) throw new Error(`the soak ended without a result, with exit status ${code}`);
      return result;
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  };
}

function resultIn(file: string): SoakResult | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as SoakResult;
  } catch {
    return undefined;
  }
}
