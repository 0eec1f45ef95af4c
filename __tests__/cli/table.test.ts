import { table } from "../../cli/table";

const cells = (...texts: readonly string[]) => texts;

test("columns are as wide as their longest cell, two spaces apart", () => {
  const lines = table(
    [
      { title: "A", cells: cells("one", "x") },
      { title: "LONG", cells: cells("1", "2") },
    ],
    80,
  );
  expect(lines).toEqual(["A    LONG", "one  1", "x    2"]);
});

test("without rows only the titles are left", () => {
  expect(table([{ title: "A", cells: [] }], 80)).toEqual(["A"]);
});

test("a table that is too wide has smaller gaps, and then shorter cells from the last column on", () => {
  const columns = [
    { title: "A", cells: cells("abcdefgh"), least: 4 },
    { title: "B", cells: cells("abcdefgh"), least: 4 },
    { title: "C", cells: cells("abcdefgh") },
  ];
  expect(table(columns, 26)[1]).toBe("abcdefgh abcdefgh abcdefgh");
  expect(table(columns, 24)[1]).toBe("abcdefgh abcde… abcdefgh");
  expect(table(columns, 20)[1]).toBe("abcde… abc… abcdefgh");
  expect(table(columns, 1)[1]).toBe("abc… abc… abcdefgh");
});

test("a cell can keep its end, such as that of an address", () => {
  const columns = [
    { title: "A", cells: cells("2001:db8::1:12"), least: 4, keepsEnd: true },
    { title: "B", cells: cells("x") },
  ];
  expect(table(columns, 9)[1]).toBe("…::1:12 x");
});
