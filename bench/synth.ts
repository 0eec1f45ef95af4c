import { buildSync } from "esbuild";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { alternate, type Candidate, type Sample } from "./measure";
import { spread, type Spread } from "./spread";
import { spreadCells, table } from "./table";

const ROOT = resolve(__dirname, "..");
const CLI = join(ROOT, "lib/cli/index.js");
const EXAMPLE = join(ROOT, "redis-replicas.yaml");
/** The sources of the built command line. */
const SOURCES = ["cli", "config", "constructs", "templates", "package.json"].map((part) => join(ROOT, part));
const GROUPS = [1, 10, 100, 1000];
/** The time may be at most `minimal` times that of the minimal app. cdktf-cli must need at least `cdktf` times as long. */
const TARGETS = { minimal: 1.25, cdktf: 8 };

/** One line of the report: a command at a number of groups. */
interface Figures {
  readonly groups: number;
  readonly command: string;
  readonly wall: Spread;
  readonly cpu: Spread;
  readonly rss: Spread;
}

/** Measures time and memory of whole processes: this command line, a minimal app, and cdktf-cli. */
export async function run(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: { runs: { type: "string", default: "15" }, json: { type: "boolean", default: false } },
  });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs must be 1 or more, got: ${values.runs}`);
  buildIfStale();
  const folder = mkdtempSync(join(tmpdir(), "bench-synth-"));
  try {
    const places = prepare(folder);
    const figures: Figures[] = [];
    for (const groups of GROUPS) {
      const pair = [ours(places, groups), minimal(places, groups)];
      // Long runs vary less, so more groups need fewer rounds.
      figures.push(...(await figuresOf(groups, pair, groups <= 10 ? runs : Math.ceil(runs / 5))));
    }
    figures.push(...(await figuresOf(1, cdktf(places), Math.ceil(runs / 5))));
    process.stdout.write(values.json ? `${JSON.stringify(toJson(figures), null, 2)}\n` : text(figures));
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The files that the commands read and write. */
interface Places {
  readonly minimal: string;
  readonly userData: string;
  readonly configs: readonly string[];
  readonly output: string;
}

function prepare(folder: string): Places {
  const places = {
    minimal: join(folder, "minimal-app.js"),
    userData: join(folder, "user-data.sh"),
    configs: Array.from({ length: Math.max(...GROUPS) }, (_, index) => join(folder, `config-${index}.yaml`)),
    output: join(folder, "out"),
  };
  mkdirSync(places.output);
  buildSync({
    entryPoints: [join(__dirname, "minimal-app.ts")],
    outfile: places.minimal,
    ...{ format: "cjs", platform: "node", target: "node20.9" },
  });
  writeFileSync(places.userData, execFileSync(process.execPath, [CLI, "-c", EXAMPLE, "render"]));
  const example = readFileSync(EXAMPLE, "utf8");
  for (const [index, file] of places.configs.entries()) {
    const name = index === 0 ? "redis-replicas" : `redis-replicas-${index + 1}`;
    writeFileSync(file, example.replace(/^name:.*$/m, `name: ${name}`));
  }
  return places;
}

function ours({ configs, output }: Places, groups: number): Candidate {
  const out = join(output, "ours");
  const chosen = configs.slice(0, groups).flatMap((file) => ["-c", file]);
  return {
    name: "redis-elastigroup synth",
    argv: [process.execPath, CLI, ...chosen, "synth", "-o", out],
    before: () => rmSync(out, { recursive: true, force: true }),
  };
}

function minimal({ minimal: app, userData, output }: Places, groups: number): Candidate {
  const out = join(output, "minimal");
  return {
    name: "minimal app",
    argv: [process.execPath, app, userData, String(groups)],
    env: { NODE_PATH: join(ROOT, "node_modules"), CDKTF_OUTDIR: out },
    before: () => rmSync(out, { recursive: true, force: true }),
  };
}

/** `cdktf synth` of the same compiled minimal app, and of the app that users of cdktf-cli run. */
function cdktf({ minimal: app, userData, output }: Places): Candidate[] {
  const apps = {
    "npx cdktf synth, minimal app": `${process.execPath} ${app} ${userData}`,
    "npx cdktf synth, main.ts": `node --import tsx main.ts ${EXAMPLE}`,
  };
  const env = {
    ...{ CI: "1", CHECKPOINT_DISABLE: "1", DISABLE_VERSION_CHECK: "1" },
    NODE_PATH: join(ROOT, "node_modules"),
  };
  return Object.entries(apps).map(([name, command]) => {
    const out = join(output, "cdktf");
    const argv = ["npx", "cdktf", "synth", "--app", command, "--output", out];
    return { name, argv, cwd: ROOT, env, before: () => rmSync(out, { recursive: true, force: true }) };
  });
}

async function figuresOf(groups: number, candidates: readonly Candidate[], runs: number): Promise<Figures[]> {
  const all = await alternate(candidates, runs);
  return candidates.map(({ name }, index) => {
    const of = (part: keyof Sample): Spread => spread(all[index]!.map((sample) => sample[part]));
    return { groups, command: name, wall: of("wall"), cpu: of("cpu"), rss: of("rss") };
  });
}

function text(figures: readonly Figures[]): string {
  const header = ["groups", "command", "ms min", "median", "max", "CPU ms", "MiB", "runs"];
  const rows = figures.map(({ groups, command, wall, cpu, rss }) => {
    return [groups, command, ...spreadCells(wall), cpu.median, rss.median, wall.runs];
  });
  const ratios = ratiosOf(figures).map(({ what, time, cpu, memory, target }) => {
    return [what, time, cpu, memory, target];
  });
  return `${table(header, rows)}\n${table(["ratio of medians", "time", "CPU", "memory", "target"], ratios)}`;
}

interface Ratio {
  readonly what: string;
  readonly time: number;
  /** Varies less than the time if other processes use the machine. */
  readonly cpu: number;
  readonly memory: number;
  readonly target: string;
}

function ratiosOf(figures: readonly Figures[]): Ratio[] {
  const find = (command: string, groups: number): Figures =>
    figures.find((each) => each.command === command && each.groups === groups)!;
  const ratio = (what: string, one: Figures, other: Figures, target: string): Ratio => ({
    what,
    time: one.wall.median / other.wall.median,
    cpu: one.cpu.median / other.cpu.median,
    memory: one.rss.median / other.rss.median,
    target,
  });
  const us = (groups: number): Figures => find("redis-elastigroup synth", groups);
  const others = figures.filter(({ command }) => command.startsWith("npx"));
  return [
    ...GROUPS.map((groups) => {
      const what = `ours / minimal app, ${groups} ${groups === 1 ? "group" : "groups"}`;
      return ratio(what, us(groups), find("minimal app", groups), `<= ${TARGETS.minimal}`);
    }),
    ...others.map((each) => ratio(`${each.command} / ours`, each, us(1), `>= ${TARGETS.cdktf}`)),
  ];
}

function toJson(figures: readonly Figures[]): Record<string, unknown> {
  return { bench: "synth", unit: { time: "ms", memory: "MiB" }, figures, ratios: ratiosOf(figures) };
}

/** The published bundle is measured, so it must be newer than the sources. */
function buildIfStale(): void {
  const newest = Math.max(...SOURCES.map(latestChange));
  if (existsSync(CLI) && statSync(CLI).mtimeMs >= newest) return;
  execFileSync("npm", ["run", "build"], { cwd: ROOT, stdio: ["ignore", process.stderr, process.stderr] });
}

function latestChange(path: string): number {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => latestChange(join(path, name))));
}
