import { randomInt } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { count } from "../../count";
import { workDirectory } from "../../inside";
import { injectionKinds } from "../injection";
import { scenes } from "./scene";
import { show } from "./point";
import { walk, type Walked, type WalkResult } from "./walk";

/** The number of points that take about six minutes on two cores. */
export const sample = 240;

/**
 * `--walk`, scenes by name (default: all), `--all` points or `--points N` drawn by `--seed S` (default: any; the run
 * prints it), `--kind KIND...`, `--jobs N` clusters in parallel. Runs in an enclosure; resolves to the exit status.
 */
export async function runWalk(argv: readonly string[], log: (text: string) => void): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      walk: { type: "boolean", default: true },
      all: { type: "boolean", default: false },
      points: { type: "string", default: String(sample) },
      kind: { type: "string", multiple: true, default: [] },
      seed: { type: "string", default: String(randomInt(1, 1e6)) },
      jobs: { type: "string", default: "10" },
    },
  });
  const known = scenes.map(({ name }) => name);
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`--walk takes scenes of ${known.join(", ")}, got: ${unknown.join(", ")}`);
  const wrong = values.kind.filter((name) => !injectionKinds.some((kind) => kind === name));
  if (wrong.length > 0)
    throw new Error(`--kind must be one of ${injectionKinds.join(", ")}, got: ${wrong.join(", ")}`);
  const directory = join(workDirectory(), "walk");
  mkdirSync(directory, { recursive: true });
  const result = await walk({
    scenes: scenes.filter(({ name }) => positionals.length === 0 || positionals.includes(name)),
    seed: count("--seed", values.seed),
    points: values.all ? undefined : count("--points", values.points),
    kinds: values.kind.length > 0 ? injectionKinds.filter((kind) => values.kind.includes(kind)) : undefined,
    jobs: count("--jobs", values.jobs),
    directory,
    log,
  });
  log(table(result));
  return result.walked.some(failed) ? 1 : 0;
}

export function failed({ problems }: Walked): boolean {
  return problems.length > 0;
}

export function describeFailure({ scene, point, problems }: Walked): string {
  return [`${scene}: ${show(point)}`, ...problems].join("\n  ");
}

/** A row for each scene: its number of points and, by kind, how many were walked; failures follow a slash. */
export function table({ total, walked }: WalkResult): string {
  const cell = (of: readonly Walked[]): string => {
    const bad = of.filter(failed).length;
    return `${of.length}${bad ? `/${bad}` : ""}`;
  };
  const rows = Object.entries(total).map(([scene, points]) => {
    const of = walked.filter((each) => each.scene === scene);
    const kinds = injectionKinds.map((kind) => cell(of.filter(({ point }) => point.kind === kind)));
    const missed = of.filter(({ reached }) => !reached).length;
    return [scene, String(points), ...kinds, cell(of), String(missed)];
  });
  const head = ["scene", "points", ...injectionKinds, "walked", "not asked"];
  const widths = head.map((word, column) => {
    return Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0), word.length);
  });
  return [head, ...rows]
    .map((row) =>
      row
        .map((word, column) => word.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

if (require.main === module) {
  runWalk(process.argv.slice(2), (text) => process.stdout.write(`${text}\n`)).then(
    (code) => process.exit(code),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(1);
    },
  );
}
