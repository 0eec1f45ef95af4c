import { digits, show } from "../../bench/format";

test.each([
  [0, "0"],
  [1.2345, "1.23"],
  [99.96, "100"],
  [123.4, "123"],
  [1234.5, "1,235"],
  [1_234_567, "1,234,567"],
  [-1814, "-1,814"],
  [0.001_234, "0.00123"],
])("%s is shown as %s", (value, text) => {
  expect(digits(value)).toBe(text);
});

test.each([
  [999, "ms", "999 ms"],
  [1930, "ms", "1.93 s"],
  [243_800, "B", "243,800 B"],
  [2_360_000, "B", "2.36 MB"],
  [1.1, "x", "1.1 ×"],
  [3, "", "3"],
] as const)("%s in %s is shown as %s", (value, unit, text) => {
  expect(show(value, unit)).toBe(text);
});
