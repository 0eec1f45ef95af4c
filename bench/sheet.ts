import { rangeOf, show } from "./format";
import { type Point } from "./plot";
import { type Recording, type Result } from "./record";
import { type Figure } from "./series";

/** Reads the figures of a recording by their full names, such as `boot.package.synced`. */
export class Sheet {
  constructor(readonly recording: Recording) {}

  result(bench: string): Result | undefined {
    return this.recording.results[bench];
  }

  /** Undefined if it was not measured. */
  figure(name: string): Figure | undefined {
    const [bench = "", ...rest] = name.split(".");
    // A name may have a point in a number, as in 0.1MBps.
    return this.result(bench)?.figures[rest.join(".")];
  }

  /** A table's cell: the median, and the range where there are several measurements. */
  cell(name: string): string {
    const figure = this.figure(name);
    if (figure === undefined) return "";
    const { median, unit } = figure;
    const range = rangeOf(figure);
    return range === show(median, unit) ? range : `${show(median, unit)} (${range})`;
  }

  /** The median alone, as a table's cell. */
  median(name: string): string {
    const figure = this.figure(name);
    return figure === undefined ? "" : show(figure.median, figure.unit);
  }

  /** The quotient of two medians, as a table's cell. */
  ratio(name: string, other: string): string {
    const [one, base] = [this.figure(name), this.figure(other)];
    return one === undefined || base === undefined ? "" : show(one.median / base.median, "x");
  }

  /** Points of a plot: one for each x that was measured. `y` and its range are divided by `unit`. */
  points(xs: readonly number[], unit: number, nameOf: (x: number) => string): Point[] {
    return xs.flatMap((x) => {
      const figure = this.figure(nameOf(x));
      if (figure === undefined) return [];
      return [{ x, y: figure.median / unit, low: figure.min / unit, high: figure.max / unit }];
    });
  }

  /** The numbers in the names of the figures of a benchmark, in rising order. */
  numbers(bench: string, pattern: RegExp): number[] {
    const names = Object.keys(this.result(bench)?.figures ?? {});
    const found = names.flatMap((name) => pattern.exec(name)?.[1] ?? []).map(Number);
    return [...new Set(found)].sort((one, other) => one - other);
  }
}
