import { type Series } from "./series";

/** How much is measured. `tiny` is for tests: the smallest sizes, whose figures have no meaning. */
export type Extent = "full" | "quick" | "tiny";

export interface BenchOptions {
  readonly extent: Extent;
  /** How often each thing is measured. @default - by benchmark and extent */
  readonly runs?: number;
  /** The built command line that `synth`, `verify` and `scale` measure. @default - that of this checkout */
  readonly command?: string;
  /** Where the measurements are added. */
  readonly series: Series;
  /** Reports the current step, in one line. */
  readonly note: (line: string) => void;
}

/** A benchmark. */
export interface Bench {
  /** Whether it boots instances, which needs root and an enclosure. Without these, `partly` leaves the instances out. */
  readonly boots: "never" | "partly" | "always";
  measure(options: BenchOptions): Promise<void>;
}
