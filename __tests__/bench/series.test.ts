import { Series } from "../../bench/series";

test("a series has the spread of each thing that was measured, in the order of the first measurements", () => {
  const series = new Series();
  series.add("b", "ms", 30);
  series.add("a", "B", 1);
  series.add("b", "ms", 10);
  series.add("b", "ms", 20);
  expect(Object.entries(series.figures)).toEqual([
    ["b", { unit: "ms", min: 10, median: 20, max: 30, runs: 3 }],
    ["a", { unit: "B", min: 1, median: 1, max: 1, runs: 1 }],
  ]);
});

test("figures have four significant digits", () => {
  const series = new Series();
  series.add("large", "B", 123_456);
  series.add("small", "x", 1.000_04);
  expect(series.figures).toMatchObject({ large: { median: 123_500 }, small: { median: 1 } });
});

test("what was not observed is left out", () => {
  const series = new Series();
  series.add("missing", "ms", undefined);
  series.add("unknown", "ms", NaN);
  expect(series.figures).toEqual({});
});

test("each measurement is reported once, with its unit", () => {
  const lines: string[] = [];
  const series = new Series((line) => lines.push(line));
  series.add("boot", "ms", 1234.56);
  series.add("full", "", 0);
  expect(lines).toEqual(["boot 1235 ms", "full 0"]);
});
