import { pairs } from "../../bench/compare";
import { type Recording } from "../../bench/record";
import { recordingOf } from "./recordings";

/** A recording of one figure with this range. */
function ranging(min: number, median: number, max: number): Recording {
  const recording = recordingOf({ boot: { a: median } });
  const { boot } = recording.results;
  return {
    ...recording,
    results: { boot: { ...boot!, figures: { a: { unit: "ms", min, median, max, runs: 3 } } } },
  };
}

test.each([
  ["spreads overlap", ranging(10, 20, 50), ranging(40, 90, 95), true],
  ["one spread is within the other", ranging(10, 20, 90), ranging(40, 45, 50), true],
  ["medians are close, and spreads apart", ranging(100, 100, 100), ranging(108, 108, 108), true],
  ["medians and spreads are apart", ranging(10, 20, 30), ranging(40, 50, 60), false],
])("two runs, of which %s", (_, one, other, isSame) => {
  expect(pairs(one, other)).toMatchObject([{ name: "boot.a", isSame }]);
});

test("only figures that both runs have are compared", () => {
  const one = recordingOf({ boot: { a: 1, b: 2 }, synth: { c: 3 } });
  const other = recordingOf({ boot: { b: 2, d: 4 } });
  expect(pairs(one, other).map(({ name }) => name)).toEqual(["boot.b"]);
});
