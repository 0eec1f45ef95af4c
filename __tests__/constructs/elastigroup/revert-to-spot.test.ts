import { RevertToSpot } from "../../../constructs";

test("windows are sent with `timeWindow`", () => {
  const revert = RevertToSpot.within("Sun:03:00-Sun:05:00");
  expect(revert.performAt).toBe("timeWindow");
  expect(revert.timeWindows).toEqual(["Sun:03:00-Sun:05:00"]);
});

test("always and never need no window", () => {
  expect([RevertToSpot.ALWAYS.performAt, RevertToSpot.NEVER.performAt]).toEqual(["always", "never"]);
  expect(RevertToSpot.ALWAYS.timeWindows).toBeUndefined();
});

test.each([["Sunday 3-5"], ["Sun:3:00-Sun:5:00"], [""]])("refuses the window %j", (window) => {
  expect(() => RevertToSpot.within(window)).toThrow(
    "`timeWindows` must be a window such as Sun:03:00-Sun:05:00 (UTC)",
  );
});

test("refuses an empty list of windows", () => {
  expect(() => RevertToSpot.within()).toThrow("`timeWindows` must name at least one window, got: []");
});

test("refuses an empty window", () => {
  expect(() => RevertToSpot.within("Mon:03:00-Tue:03:00", "Sun:03:00-Sun:03:00")).toThrow(
    '`timeWindows` must not be an empty window, got: "Sun:03:00-Sun:03:00"',
  );
});
