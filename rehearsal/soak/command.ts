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
  /** Whether to print the plan instead of playing it. */
  readonly print: boolean;
  readonly shrink: boolean;
  /** Whether questions of the agents fail, too. */
  readonly inject: boolean;
}

/** The result of the rounds: `failed` is the number of the failed round, which may be the last one. */
export interface SoakResult {
  readonly failed?: number;
}

/**
 * `--soak N`, `--seed S` (default: any; the run prints it), `--rounds FIRST-LAST` (default: all), `--plan` prints the
 * plan without playing it, `--shrink` searches the shortest part of a failing plan, `--inject` makes agents' questions fail.
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

/** Plays rounds of a plan in a new enclosure. */
export type Play = (plan: Plan, range: Range, options: Pick<SoakOptions, "inject">) => Promise<SoakResult>;

/** Prints, plays or shrinks a plan; resolves to the exit status. */
export async function runSoak(
  { plan, range, print, shrink: shrinks, inject }: SoakOptions,
  play: Play,
  log: (text: string) => void,
): Promise<number> {
  if (print) {
    log(printed({ ...plan, rounds: plan.rounds.slice(range.first - 1, range.last) }).trimEnd());
    return 0;
  }
  const { failed } = await play(plan, range, { inject });
  if (failed === undefined) return 0;
  log(
    `failed in round ${failed}; to repeat: ${commandOf(plan, { first: range.first, last: failed }, { inject })}`,
  );
  if (!shrinks) return 1;
  const before = range.first - 1;
  const found = await shrink(failed - before, async ({ first, last }) => {
    log(`shrinking: rounds ${before + first} to ${before + last}`);
    const part = { first: before + first, last: before + last };
    return (await play(plan, part, { inject })).failed !== undefined;
  });
  if (!found) {
    log(`rounds ${range.first} to ${failed} did not fail again: the failure depends on timing`);
    return 1;
  }
  const shortest = { first: before + found.first, last: before + found.last };
  log(`the shortest part that fails: rounds ${shortest.first} to ${shortest.last}`);
  log(printed({ ...plan, rounds: plan.rounds.slice(shortest.first - 1, shortest.last) }).trimEnd());
  log(`to repeat: ${commandOf(plan, shortest, { inject })}`);
  return 1;
}

/** Plays rounds with `soak.ts`; `enclose` runs a command in an enclosure. */
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
