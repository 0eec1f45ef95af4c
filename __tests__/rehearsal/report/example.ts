import { type Result, type Row } from "../../../rehearsal/report/result";

export const row: Row = {
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
export const promoted: Row = {
  ...{ ...row, name: "promotion", outcome: "promoted", resync: undefined },
  ...{ from: 5000, to: 9000 },
};
export const good: Result = {
  title: "three masters and a replica",
  server: "Redis 7.0.15",
  rows: [row, promoted],
  events: [
    { at: 100, text: "three masters run" },
    { at: 1000, text: "kill: kill -9", part: "heading" },
    { at: 1500, text: "the replica is killed", node: "127.0.0.10" },
    { at: 4000, text: "agent: in sync", node: "127.0.0.10" },
    { at: 5000, text: "back after 1.2 s", part: "result" },
    { at: 39_000, text: "all processes have ended" },
  ],
  lanes: [
    { address: "127.0.0.2", role: "master", spans: [{ state: "owner", from: 0, to: 40_000 }] },
    {
      address: "127.0.0.10",
      role: "replica",
      spans: [
        { state: "in-sync", from: 0, to: 1500 },
        { state: "down", from: 1500, to: 3500 },
        { state: "in-sync", from: 3500, to: 40_000 },
      ],
    },
  ],
  pauses: [
    { from: 1600, to: 2400 },
    { from: 2000, to: 2600 },
  ],
  milliseconds: 40_000,
  leftBehind: [],
};
