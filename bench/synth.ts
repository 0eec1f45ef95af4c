import { buildSync } from "esbuild";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BenchOptions } from "./bench";
import { commandLine, EXAMPLE, ROOT } from "./built";
import { alternate, type Candidate } from "./measure";
import { type Series } from "./series";

export const boots = "never";

const GROUPS = { full: [1, 10, 100, 1000], quick: [1, 10, 100, 1000], tiny: [1] };

/** Time and memory of whole processes: this command line, a minimal app, and cdktf-cli. */
export async function measure({ extent, runs, command, series, note }: BenchOptions): Promise<void> {
  const times = runs ?? { full: 15, quick: 5, tiny: 1 }[extent];
  const program = commandLine(command);
  const folder = mkdtempSync(join(tmpdir(), "bench-synth-"));
  try {
    const places = prepare(folder, program, Math.max(...GROUPS[extent]));
    for (const groups of GROUPS[extent]) {
      note(`${groups} groups`);
      const pair = [ours(places, groups), minimal(places, groups)];
      // Long runs vary less, so more groups need fewer rounds.
      await add(series, `.${groups}`, pair, groups <= 10 ? times : Math.ceil(times / 5));
    }
    if (extent === "tiny") return;
    note("cdktf synth");
    await add(series, "", cdktf(places), Math.ceil(times / 5));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The files that the commands read and write. */
interface Places {
  /** The command line. */
  readonly program: readonly string[];
  readonly minimal: string;
  readonly userData: string;
  readonly configs: readonly string[];
  readonly output: string;
}

function prepare(folder: string, program: readonly string[], groups: number): Places {
  const places = {
    program,
    minimal: join(folder, "minimal-app.js"),
    userData: join(folder, "user-data.sh"),
    configs: Array.from({ length: groups }, (_, index) => join(folder, `config-${index}.yaml`)),
    output: join(folder, "out"),
  };
  mkdirSync(places.output);
  buildSync({
    entryPoints: [join(__dirname, "minimal-app.ts")],
    outfile: places.minimal,
    ...{ format: "cjs", platform: "node", target: "node20.9" },
  });
  const [command = "", ...args] = program;
  writeFileSync(places.userData, execFileSync(command, [...args, "-c", EXAMPLE, "render"]));
  const example = readFileSync(EXAMPLE, "utf8");
  for (const [index, file] of places.configs.entries()) {
    const name = index === 0 ? "redis-replicas" : `redis-replicas-${index + 1}`;
    writeFileSync(file, example.replace(/^name:.*$/m, `name: ${name}`));
  }
  return places;
}

function ours({ program, configs, output }: Places, groups: number): Candidate {
  const out = join(output, "ours");
  const chosen = configs.slice(0, groups).flatMap((file) => ["-c", file]);
  return {
    name: "ours",
    argv: [...program, ...chosen, "synth", "-o", out],
    before: () => rmSync(out, { recursive: true, force: true }),
  };
}

function minimal({ minimal: app, userData, output }: Places, groups: number): Candidate {
  const out = join(output, "minimal");
  return {
    name: "minimal",
    argv: [process.execPath, app, userData, String(groups)],
    env: { NODE_PATH: join(ROOT, "node_modules"), CDKTF_OUTDIR: out },
    before: () => rmSync(out, { recursive: true, force: true }),
  };
}

/** `cdktf synth` of the same compiled minimal app, and of the app that users of cdktf-cli run. */
function cdktf({ minimal: app, userData, output }: Places): Candidate[] {
  const apps = {
    "cdktf-minimal": `${process.execPath} ${app} ${userData}`,
    "cdktf-main": `node --import tsx main.ts ${EXAMPLE}`,
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

async function add(
  series: Series,
  suffix: string,
  candidates: readonly Candidate[],
  runs: number,
): Promise<void> {
  const all = await alternate(candidates, runs);
  for (const [index, { name }] of candidates.entries()) {
    for (const { wall, cpu, rss } of all[index] ?? []) {
      series.add(`${name}${suffix}.wall`, "ms", wall);
      series.add(`${name}${suffix}.cpu`, "ms", cpu);
      series.add(`${name}${suffix}.rss`, "MiB", rss);
    }
  }
}
