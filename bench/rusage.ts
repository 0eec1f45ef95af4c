import { join } from "node:path";
import { type RunOptions, run } from "../rehearsal/run";

/** The cost of a command. */
export interface Cost {
  readonly code: number;
  /** Milliseconds. */
  readonly wall: number;
  /** User and system time of all its processes, in milliseconds. */
  readonly cpu: number;
  /** Peak resident memory of the largest of them, in MiB. */
  readonly rss: number;
  /** Its output. */
  readonly log: string;
}

/** Runs any command and measures it. */
export async function rusage(command: readonly string[], options: RunOptions = {}): Promise<Cost> {
  const { stdout, stderr } = await run(["python3", join(__dirname, "rusage.py"), ...command], options);
  const cost = JSON.parse(stdout) as Cost;
  return { ...cost, rss: cost.rss / 1024, log: stderr };
}
