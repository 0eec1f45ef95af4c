import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { BENCHMARKS_PAGE, benchmarksPage, PLOTS } from "../../bench/page";
import { plotsOf } from "../../bench/plots";
import { recorded } from "../../bench/recorded";
import { words } from "../support/words";
import { recordingOf } from "./recordings";

const ROOT = resolve(__dirname, "../..");
const { first, second } = recorded();

test(`${BENCHMARKS_PAGE} is what \`npm run benchmarks-page\` writes`, () => {
  expect(words(readFileSync(join(ROOT, BENCHMARKS_PAGE), "utf8"))).toEqual(
    words(benchmarksPage(first, second)),
  );
});

test("its plots are those of the recording, and no others", () => {
  const plots = plotsOf(first);
  const files = readdirSync(join(ROOT, PLOTS)).sort();
  expect(files).toEqual([...plots.keys()].map((name) => `${name}.svg`).sort());
  for (const [name, svg] of plots) expect(readFileSync(join(ROOT, PLOTS, `${name}.svg`), "utf8")).toBe(svg);
});

test("the recordings are of one machine and of the same versions", () => {
  if (second !== undefined) expect(second.machine).toEqual(first.machine);
});

describe("a page", () => {
  test("has a section for what was measured only", () => {
    const page = benchmarksPage(recordingOf({ agent: { "look.cpu": 50 } }));
    expect(page).toContain("\n## The agent\n");
    expect(page).not.toContain("## Recovery");
    expect(page).not.toContain("undefined");
    expect(page).not.toContain("NaN");
  });

  test("shows each case of a recovery, with its bare boot", () => {
    const page = benchmarksPage(
      recordingOf({
        recover: {
          "2048MB-0.1MBps.young.online": 9000,
          "2048MB-0.1MBps.young.bare": 3000,
          "2048MB-0.1MBps.young.load": 5500,
          "2048MB-0.1MBps.young.beyond": 500,
          "2048MB-0.1MBps.young.full": 0,
        },
      }),
    );
    expect(page).toContain("| 2 GB | 0.1 MB/s | image 30 s old | 9 s | 3 s | 5.5 s | 500 ms |");
    expect(page).toContain("All resyncs were partial.");
    expect(page).toContain("](benchmarks/recovery.svg)");
  });

  test("reports a full resync", () => {
    const page = benchmarksPage(recordingOf({ recover: { "50MB-1MBps.clean.full": 1 } }));
    expect(page).toContain("Rows with a full resync: 1.");
  });

  test("shows the range of several measurements", () => {
    const recording = recordingOf({ agent: {} });
    const figures = { "look.cpu": { unit: "ms" as const, min: 40, median: 50, max: 70, runs: 3 } };
    const results = { agent: { ...recording.results["agent"]!, figures } };
    expect(benchmarksPage({ ...recording, results })).toContain("| 50 ms (40 to 70 ms) |");
  });

  test("shows targets that are missed, and those that are met", () => {
    const page = benchmarksPage(recordingOf({ scale: { "look.3.cpu": 90, "look.60.cpu": 100 } }));
    expect(page).toContain("| a look of the agent at 3 masters, CPU | ≤ 80 ms | 90 ms | **no** |");
    expect(page).toContain("| a look of the agent at 60 masters, CPU | ≤ 150 ms | 100 ms | yes |");
  });

  test("shows the figures of a second run that do not agree", () => {
    const [one, other] = [recordingOf({ boot: { a: 1, b: 20 } }), recordingOf({ boot: { a: 1, b: 40 } })];
    const page = benchmarksPage(one, other);
    expect(page).toContain("1 of 2 figures agree");
    expect(page).toContain("| boot.b | 20 ms | 40 ms |");
  });
});
