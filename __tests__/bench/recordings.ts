import { type Recording } from "../../bench/record";
import { type Figures } from "../../bench/series";

export const MACHINE: Recording["machine"] = {
  processor: "Processor",
  cores: 2,
  memory: "8 GiB",
  system: "Debian",
  kernel: "6.1",
  versions: { Redis: "7.0.15" },
};

/** A recording with these medians, by benchmark and name. All are in milliseconds, of one measurement. */
export function recordingOf(medians: Record<string, Record<string, number>>): Recording {
  const results = Object.entries(medians).map(([bench, named]) => {
    const figures: Figures = Object.fromEntries(
      Object.entries(named).map(([name, value]) => {
        return [name, { unit: "ms" as const, min: value, median: value, max: value, runs: 1 }];
      }),
    );
    return [bench, { command: `npm run bench -- ${bench}`, seconds: 60, load: 0.1, figures }] as const;
  });
  return { machine: MACHINE, results: Object.fromEntries(results) };
}
