import { table } from "../../bench/table";

describe("table", () => {
  it("aligns text to the left and numbers to the right", () => {
    const text = table(
      ["what", "ms"],
      [
        ["short", 7],
        ["much longer", 1234],
      ],
    );
    expect(text).toBe("what           ms\nshort           7\nmuch longer  1234\n");
  });

  it("shows three significant digits, and all digits before the point", () => {
    const text = table(["n"], [[0.12345], [1.2345], [12.345], [123.45], [12345.6]]);
    expect(text.split("\n").map((line) => line.trim())).toEqual(
      ["n", "0.123", "1.23", "12.3", "123", "12346"].concat(""),
    );
  });

  it("counts the digits of the rounded number", () => {
    expect(table(["n"], [[9.999], [99.96]])).toBe("   n\n10.0\n 100\n");
  });

  it("has no trailing spaces, and leaves missing cells empty", () => {
    expect(
      table(
        ["a", "b"],
        [
          ["x", undefined],
          ["y", "z"],
        ],
      ),
    ).toBe("a  b\nx\ny  z\n");
  });

  it("shows text unchanged", () => {
    expect(table(["n"], [[NaN], [0]])).toBe("  n\nNaN\n  0\n");
  });
});
