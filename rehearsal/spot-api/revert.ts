import { type JsonObject, stringAt, stringsAt } from "./json";

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const WEEK = 7 * 24 * 60;
/** A time window in UTC, such as `Sun:03:00-Sun:05:00`. */
export const TIME_WINDOW =
  /^(Sun|Mon|Tue|Wed|Thu|Fri|Sat):([01]\d|2[0-3]):([0-5]\d)-(Sun|Mon|Tue|Wed|Thu|Fri|Sat):([01]\d|2[0-3]):([0-5]\d)$/;

/** Whether on-demand instances of the group are replaced by spot instances now, if there is spot capacity. */
export function revertsNow(group: JsonObject, now: Date): boolean {
  const performAt = stringAt(group, "strategy.revertToSpot.performAt") ?? "always";
  if (performAt !== "timeWindow") return performAt === "always";
  const minute = (now.getUTCDay() * 24 + now.getUTCHours()) * 60 + now.getUTCMinutes();
  return stringsAt(group, "strategy.revertToSpot.timeWindows").some((window) => isWithin(window, minute));
}

/** Whether a minute of the week is in a window, which may reach into the next week. */
function isWithin(window: string, minute: number): boolean {
  const [, ...parts] = TIME_WINDOW.exec(window) ?? [];
  if (parts.length === 0) return false;
  const [begin, end] = [parts.slice(0, 3), parts.slice(3)].map(([day = "", hour, minutes]) => {
    return (DAYS.indexOf(day) * 24 + Number(hour)) * 60 + Number(minutes);
  }) as [number, number];
  return (minute - begin + WEEK) % WEEK < (end - begin + WEEK) % WEEK;
}
