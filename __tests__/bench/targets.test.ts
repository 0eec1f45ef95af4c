import { Sheet } from "../../bench/sheet";
import { verdicts } from "../../bench/targets";
import { recordingOf } from "./recordings";

const judge = (medians: Parameters<typeof recordingOf>[0]) =>
  verdicts(new Sheet(recordingOf(medians))).map(({ got, limit, isMet }) => [got, limit, isMet]);

test("what was not measured is not judged", () => {
  expect(judge({})).toEqual([]);
  expect(judge({ boot: { "package.synced": 1 } })).toEqual([]);
});

test("a target that is a most is met up to its limit", () => {
  expect(judge({ scale: { "look.3.cpu": 80 } })).toEqual([["80 ms", "≤ 80 ms", true]]);
  expect(judge({ scale: { "look.3.cpu": 81 } })).toEqual([["81 ms", "≤ 80 ms", false]]);
});

test("a target that is a least is met from its limit on", () => {
  const judged = judge({ verify: { "debug.keys-per-core": 99_999 } });
  expect(judged).toEqual([["99,999 keys/s", "≥ 100,000 keys/s", false]]);
});

test("a ratio is that of two medians", () => {
  const judged = judge({ boot: { "source.synced": 30_000, "recipe.synced": 60_000 } });
  expect(judged).toEqual([["0.5 ×", "≤ 0.6 ×", true]]);
});

test("of all recoveries the worst one is judged", () => {
  const [beyond] = judge({
    recover: {
      "50MB-1MBps.clean.beyond": -300,
      "50MB-0.1MBps.young.beyond": 700,
      "2048MB-1MBps.old.beyond": 100,
    },
  });
  expect(beyond).toEqual(["700 ms", "≤ 500 ms", false]);
});
