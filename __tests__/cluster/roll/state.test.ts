import { inPhase, parseRollState, phaseSeconds, type RollState } from "../../../cluster/roll/state";

import { formatState } from "../../../cluster/stored-state";

const START = Date.parse("2026-01-01T00:00:00Z");
const STATE: RollState = {
  format_version: "1.0",
  command: "roll",
  cluster: "redis-replicas",
  group_ids: ["sig-1"],
  fresh_root: false,
  started_at: new Date(START).toISOString(),
  process: { host: "here", pid: 7 },
  root_persistence_off: [],
  replicas: [
    {
      group_id: "sig-1",
      stateful_instance_id: "ssi-1",
      phase: "planned",
      times: { planned: new Date(START).toISOString() },
      requests: 0,
      root_uncertain: false,
    },
  ],
};

test("a state is read as it was written", () => {
  expect(parseRollState(formatState(STATE))).toEqual(STATE);
});

test.each([
  ["no JSON", "{", "is not the state of a roll: it is no JSON"],
  ["another phase", formatState(STATE).replace('"planned",', '"asleep",'), "replicas.0.phase: "],
  ["another format", formatState(STATE).replace('"1.0"', '"2.0"'), "format_version: "],
  [
    "a process ID that stands for several",
    formatState(STATE).replace('"pid": 7', '"pid": -1'),
    "process.pid: ",
  ],
])("a file with %s is no state", (_, text, message) => {
  expect(() => parseRollState(text)).toThrow(message);
});

test("each phase lasts until the next one, and the present one until now", () => {
  let target = STATE.replicas[0]!;
  target = inPhase(target, "recycling", START + 1000);
  target = inPhase(target, "waiting_for_node", START + 3000);
  expect(phaseSeconds(target, START + 7000)).toEqual({ recycling: 2, waiting_for_node: 4 });
  target = inPhase(target, "in_sync", START + 8000);
  expect(phaseSeconds(target, START + 9000)).toEqual({ recycling: 2, waiting_for_node: 5 });
});
