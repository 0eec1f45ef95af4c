import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A command to measure: Node, or a program that runs Node. */
export interface Candidate {
  readonly name: string;
  readonly argv: readonly string[];
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Runs before each measurement and is not part of it. */
  readonly before?: () => void;
}

/** The cost of one run, from the start of its first process to the end of its last. */
export interface Sample {
  /** Wall time in milliseconds. */
  readonly wall: number;
  /** User and system time of all its Node processes, in milliseconds. */
  readonly cpu: number;
  /** Peak resident memory of the largest of them, in MiB. */
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
    if (reports.length === 0) throw new Error(`${name}: no Node process reported its cost`);
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
 * Runs the commands in turn, A B A B …, so that other load on the machine affects all of them. The first round fills
 * the file cache and does not count. Returns the samples of each command, in the order of the commands.
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

/** Wall time of a command in milliseconds. */
function timed(
  [command = "", ...args]: readonly string[],
  options: { readonly cwd?: string; readonly env: NodeJS.ProcessEnv },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const begun = process.hrtime.bigint();
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const wall = Number(process.hrtime.bigint() - begun) / 1e6;
      if (code === 0) resolve(wall);
      else reject(new Error(`${signal ?? `exit ${code}`}\n${output.trimEnd()}`));
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
