import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { merged, readRecording, toText, writeRecording } from "../../bench/record";
import { MACHINE, recordingOf } from "./recordings";

test("a recording is read as it was written", () => {
  const folder = mkdtempSync(join(tmpdir(), "recording-"));
  const file = join(folder, "figures.json");
  const recording = recordingOf({ boot: { "package.synced": 5000 } });
  writeRecording(file, recording);
  expect(readRecording(file)).toEqual(recording);
  rmSync(folder, { recursive: true });
});

test("there is no recording without a file", () => {
  expect(readRecording("no-such-file.json")).toBeUndefined();
});

test("each figure is one line, so that differences can be read", () => {
  expect(toText(recordingOf({ boot: { "a.b": 5 } }))).toContain(
    `\n        "a.b": { "unit": "ms", "min": 5, "median": 5, "max": 5, "runs": 1 }\n`,
  );
});

test("a later result replaces the earlier one of its benchmark only", () => {
  const [earlier, later] = [
    recordingOf({ boot: { a: 1, b: 2 }, synth: { c: 3 } }),
    recordingOf({ boot: { a: 4 } }),
  ];
  expect(merged(earlier, later, "f")).toEqual(recordingOf({ boot: { a: 4 }, synth: { c: 3 } }));
});

test("results of two machines or versions are not merged", () => {
  const later = { ...recordingOf({}), machine: { ...MACHINE, versions: { Redis: "8.0.0" } } };
  expect(() => merged(recordingOf({}), later, "figures.json")).toThrow(
    /^figures\.json is of another machine/,
  );
});
