import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A command to measure: Node, or something that runs Node. */
export interface Candidate {
  readonly name: string;
  readonly argv: readonly string[];
  readonly cwd?: string;
  /** Beside this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Runs before each measurement and is not part of it. */
  readonly before?: () => void;
}

/** What one whole run took, from the start of its first process to the end of its last. */
export interface Sample {
  /** Milliseconds on the clock. */
  readonly wall: number;
  /** User and system milliseconds of all its Node processes. */
  readonly cpu: number;
  /** Peak MiB of the largest of them. */
  readonly rss: number;
}

interface Report {
  readonly cpu: number;
  readonly rss: number;
}

/** Runs a command once; it must succeed. */
export async function measure({ name, argv, cwd, env, before }: Candidate): Promise<Sample> {
  before?.();
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const report = join(folder, "report");
  try {
    const wall = await timed(argv, {
      cwd,
      env: { ...process.env, ...env, BENCH_REPORT: report, NODE_OPTIONS: nodeOptions() },
    }).catch((error: unknown) => {
      throw new Error(`${name}: ${(error as Error).message}`);
    });
    const reports = readReports(report);
    if (reports.length === 0) throw new Error(`${name}: no Node process ended in it`);
    return {
      wall,
      cpu: reports.reduce((sum, { cpu }) => sum + cpu, 0),
      rss: Math.max(...reports.map(({ rss }) => rss)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs the commands in turn, A B A B …, so that a busy minute of the machine falls on all of them; a first
 * round, which fills the file cache, does not count. Returns each command's samples in the order given.
 */
export async function alternate(candidates: readonly Candidate[], runs: number): Promise<Sample[][]> {
  const samples: Sample[][] = candidates.map(() => []);
  for (let run = 0; run <= runs; run++) {
    for (const [index, candidate] of candidates.entries()) {
      const sample = await measure(candidate);
      if (run > 0) samples[index]?.push(sample);
    }
  }
  return samples;
}

function nodeOptions(): string {
  return [process.env["NODE_OPTIONS"], `--require ${JSON.stringify(join(__dirname, "report.cjs"))}`]
    .filter(Boolean)
    .join(" ");
}

/** Milliseconds from the start of a command to its end. */
function timed(
  [command = "", ...args]: readonly string[],
  options: { readonly cwd?: string; readonly env: NodeJS.ProcessEnv },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const begun = process.hrtime.bigint();
    const child = spawn(command, args, { ...options, stdio: ["ignore", "ignore", "pipe"] });
    let words = "";
    child.stderr.on("data", (chunk: Buffer) => (words += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const wall = Number(process.hrtime.bigint() - begun) / 1e6;
      if (code === 0) resolve(wall);
      else reject(new Error(`${signal ?? `exit ${code}`}\n${words.trimEnd()}`));
    });
  });
}

function readReports(file: string): Report[] {
  try {
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line) as Report);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
