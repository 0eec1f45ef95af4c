import { spread } from "../../bench/spread";

describe("spread", () => {
  it("finds the minimum, the maximum and the median of values in any order", () => {
    expect(spread([30, 10, 20])).toEqual({ min: 10, median: 20, max: 30, runs: 3 });
  });

  it("takes the mean of the two middle values of an even number of values", () => {
    expect(spread([4, 1, 3, 2]).median).toBe(2.5);
  });

  it("does not sort numbers as text", () => {
    expect(spread([9, 100, 10])).toMatchObject({ min: 9, median: 10, max: 100 });
  });

  it("does not change the order of the given values", () => {
    const values = [2, 1];
    spread(values);
    expect(values).toEqual([2, 1]);
  });

  it("refuses an empty series", () => {
    expect(() => spread([])).toThrow("a spread needs at least one value");
  });
});
