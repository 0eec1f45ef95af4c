import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { type Machine } from "./machine";
import { type Figures } from "./series";

/** What one benchmark measured. */
export interface Result {
  /** The command that measures the same again. */
  readonly command: string;
  readonly seconds: number;
  /** The mean number of processes that ran or waited in the minute before: above 0.5, they may disturb the figures. */
  readonly load: number;
  /** Why it ended before everything was measured. */
  readonly failure?: string;
  readonly figures: Figures;
}

/** The figures of one machine and one version, by benchmark. */
export interface Recording {
  readonly machine: Machine;
  readonly results: Readonly<Record<string, Result>>;
}

/** The load of the machine, before a benchmark begins. */
export function currentLoad(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}

/** A file written by `writeRecording`; undefined if there is none. */
export function readRecording(file: string): Recording | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Recording) : undefined;
}

export function writeRecording(file: string, recording: Recording): void {
  writeFileSync(file, toText(recording));
}

/**
 * A recording with the results of another one in place of its own. Throws if the machines or versions are not the same: such
 * figures do not belong on one page.
 */
export function merged(earlier: Recording | undefined, later: Recording, file: string): Recording {
  if (earlier === undefined) return later;
  const [before, now] = [earlier, later].map(({ machine }) => JSON.stringify(machine));
  if (before !== now) {
    throw new Error(
      `${file} is of another machine or other versions: ${before}. Name another file, or delete it.`,
    );
  }
  return { machine: later.machine, results: { ...earlier.results, ...later.results } };
}

/** JSON with one line for each figure, so that the difference between two recordings can be read. */
export function toText(recording: Recording): string {
  const text = JSON.stringify(recording, undefined, 2);
  return `${text.replace(/\{\s*("unit": [^}]*?)\s*\}/g, (_, parts: string) => `{ ${parts.replace(/\s+/g, " ")} }`)}\n`;
}
