import { isGood, type Result, toJson } from "../../../rehearsal/report/result";
import { good, row } from "./example";

test.each<[string, Partial<Result>]>([
  ["a write was lost", { rows: [{ ...row, lost: 1 }] }],
  ["the node has another ID", { rows: [{ ...row, sameId: false }] }],
  ["a process is left", { leftBehind: ["process 7"] }],
  ["it ended early", { error: "the link is down" }],
])("a run is not good if %s", (_, change) => {
  expect(isGood({ ...good, ...change })).toBe(false);
});

test("a replica that joined as a new node may have another ID", () => {
  expect(isGood({ ...good, rows: [{ ...row, outcome: "joined", sameId: false }] })).toBe(true);
});

test("the JSON has seconds and names of the field", () => {
  expect(isGood(good)).toBe(true);
  expect(toJson(good)).toEqual({
    ok: true,
    title: "three masters and a replica",
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
    error: null,
    left_behind: [],
  });
});
