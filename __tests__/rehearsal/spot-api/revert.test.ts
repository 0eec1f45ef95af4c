import { type JsonObject } from "../../../rehearsal/spot-api/json";
import { revertsNow } from "../../../rehearsal/spot-api/revert";

/** Sunday. */
const at = (time: string): Date => new Date(`2025-01-05T${time}:00Z`);

function group(performAt?: string, ...timeWindows: string[]): JsonObject {
  return { strategy: performAt === undefined ? {} : { revertToSpot: { performAt, timeWindows } } };
}

test.each<[JsonObject, string, boolean]>([
  [group(), "12:00", true],
  [group("always"), "12:00", true],
  [group("never"), "12:00", false],
  [group("timeWindow", "Sun:03:00-Sun:05:00"), "02:59", false],
  [group("timeWindow", "Sun:03:00-Sun:05:00"), "03:00", true],
  [group("timeWindow", "Sun:03:00-Sun:05:00"), "05:00", false],
  [group("timeWindow", "Mon:03:00-Mon:05:00", "Sun:11:00-Sun:13:00"), "12:00", true],
  // Over the end of the week, which begins on Sunday.
  [group("timeWindow", "Sat:22:00-Sun:02:00"), "01:00", true],
  [group("timeWindow", "Sat:22:00-Sun:02:00"), "03:00", false],
])("%j at %s on Sunday reverts to spot: %s", (each, time, reverts) => {
  expect(revertsNow(each, at(time))).toBe(reverts);
});
