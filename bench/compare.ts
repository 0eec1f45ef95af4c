import { rangeOf } from "./format";
import { readRecording, type Recording } from "./record";
import { type Figure } from "./series";
import { overlaps } from "./spread";
import { table } from "./table";

/** The difference of two medians that is taken for chance: with few repetitions, their spread is too small. */
const TOLERANCE = 0.1;

/** When two figures agree. */
export const agree = "their spreads overlap, or their medians differ by less than 10 %";

/** A figure that two recordings have. */
export interface Pair {
  readonly name: string;
  readonly one: Figure;
  readonly other: Figure;
  /** Whether they agree. */
  readonly isSame: boolean;
}

/** The figures that two recordings have in common. */
export function pairs(one: Recording, other: Recording): Pair[] {
  return Object.entries(one.results).flatMap(([bench, { figures }]) =>
    Object.entries(figures).flatMap(([key, figure]) => {
      const again = other.results[bench]?.figures[key];
      if (again === undefined) return [];
      return [{ name: `${bench}.${key}`, one: figure, other: again, isSame: isSame(figure, again) }];
    }),
  );
}

/** Prints the figures of two files that do not agree. Resolves to 2 if there are any. */
export function compare(files: readonly string[]): number {
  if (files.length !== 2) throw new Error(`compare needs two files, got: ${files.length}`);
  const [one, other] = files.map((file) => {
    const recording = readRecording(file);
    if (recording === undefined) throw new Error(`${file} is not found`);
    return recording;
  });
  const all = pairs(one!, other!);
  const different = all.filter(({ isSame }) => !isSame);
  const rows = different.map(({ name, one, other }) => [name, rangeOf(one), rangeOf(other)]);
  if (rows.length > 0) process.stdout.write(table(["", "one", "other"], rows));
  process.stdout.write(`${all.length - different.length} of ${all.length} figures agree: ${agree}\n`);
  return different.length === 0 ? 0 : 2;
}

function isSame(one: Figure, other: Figure): boolean {
  const difference = Math.abs(one.median - other.median);
  return (
    overlaps(one, other) || difference < TOLERANCE * Math.max(Math.abs(one.median), Math.abs(other.median))
  );
}
