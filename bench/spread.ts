/** What is told of a series of measurements. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
  /** How many there were. */
  readonly runs: number;
}

/** Few runs on a busy machine: the median says more than the mean. */
export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw new Error("there is no spread of nothing");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  return {
    min: sorted[0]!,
    median: middle.reduce((sum, value) => sum + value) / middle.length,
    max: sorted.at(-1)!,
    runs: sorted.length,
  };
}
