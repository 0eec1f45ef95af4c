import { table } from "../../../rehearsal/report/table";
import { good, row } from "./example";

test("the table has a row for each fault, aligned, and a summary", () => {
  expect(table(good)).toBe(`
fault      outcome   seconds  resync   node ID  keys equal  acknowledged  lost  longest pause
kill       back          1.2  partial  same             10           200     0          0.3 s
promotion  promoted      1.2           same             10           200     0          0.3 s

Redis 7.0.15, 40.0 s in all: 0 acknowledged writes lost, nothing is left behind
`);
});

test("what was lost or left is in the summary", () => {
  const bad = { ...good, rows: [{ ...row, lost: 2 }], leftBehind: ["process 7"] };
  expect(table(bad)).toContain("2 acknowledged writes lost, left behind: process 7");
});
