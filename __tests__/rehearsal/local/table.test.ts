import { isGood, toJson } from "../../../rehearsal/local/command";
import { type Result, type Row } from "../../../rehearsal/local/rehearsal";
import { table } from "../../../rehearsal/local/table";

const row: Row = {
  name: "kill",
  title: "kill -9",
  outcome: "back",
  milliseconds: 1234,
  resync: "partial",
  from: 1000,
  to: 5000,
  sameId: true,
  keys: 10,
  acknowledged: 200,
  lost: 0,
  lostUnacknowledged: 3,
  longestPause: 250,
};
const promoted: Row = { ...row, name: "promotion", outcome: "promoted", resync: undefined };
const good: Result = {
  server: "Redis 7.0.15",
  rows: [row, promoted],
  events: [],
  milliseconds: 40_000,
  leftBehind: [],
};

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

test.each<[string, Partial<Result>]>([
  ["a write was lost", { rows: [{ ...row, lost: 1 }] }],
  ["the node has another ID", { rows: [{ ...row, sameId: false }] }],
  ["a process is left", { leftBehind: ["process 7"] }],
])("a run is not good if %s", (_, change) => {
  expect(isGood({ ...good, ...change })).toBe(false);
});

test("the JSON has seconds and names of the field", () => {
  expect(isGood(good)).toBe(true);
  expect(toJson(good)).toEqual({
    ok: true,
    server: "Redis 7.0.15",
    seconds: 40,
    faults: [
      {
        name: "kill",
        title: "kill -9",
        outcome: "back",
        seconds: 1.23,
        resync: "partial",
        same_node_id: true,
        keys_compared: 10,
        acknowledged_writes: 200,
        lost_writes: 0,
        lost_unacknowledged_writes: 3,
        longest_pause_seconds: 0.25,
      },
      expect.objectContaining({ name: "promotion", outcome: "promoted", resync: null }),
    ],
    left_behind: [],
  });
});
