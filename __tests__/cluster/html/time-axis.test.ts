import { TimeAxis } from "../../../cluster/html/time-axis";

const axis = new TimeAxis({ from: 10_000, to: 20_000 }, { left: 100, right: 200 });

test("a time has its share of the axis, and one beyond it is at its end", () => {
  expect([10_000, 12_500, 20_000, 0, 30_000].map((time) => axis.x(time))).toEqual([100, 125, 200, 100, 200]);
});

test.each([
  [10_000, 2, 6],
  [8000, 1, 9],
  [240_000, 30, 9],
  [12_000_000, 1200, 11],
])("%i ms have ticks every %i s, counted from the beginning", (length, step, count) => {
  const ticks = new TimeAxis({ from: 500, to: 500 + length }, { left: 0, right: 1 }).ticks();
  expect(ticks).toHaveLength(count);
  expect(ticks[1]).toEqual({ time: 500 + step * 1000, text: `${step} s` });
});
