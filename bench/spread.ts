/** The summary of a series of measurements. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
  /** The number of measurements. */
  readonly runs: number;
}

/** The median, not the mean: with few runs on a busy machine, outliers would dominate the mean. */
export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw new Error("a spread needs at least one value");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  return {
    min: sorted[0]!,
    median: middle.reduce((sum, value) => sum + value) / middle.length,
    max: sorted.at(-1)!,
    runs: sorted.length,
  };
}

/** Whether two series have values in common: the ranges from minimum to maximum overlap. */
export function overlaps(one: Spread, other: Spread): boolean {
  return one.min <= other.max && other.min <= one.max;
}
