/** Seconds between two ticks, so that a reader can count in them. */
const STEPS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600];
const LONGEST = 1200;
const TICKS = 8;

/** Places of an SVG graphic by time: times in milliseconds, places in its units. */
export class TimeAxis {
  constructor(
    private readonly time: { readonly from: number; readonly to: number },
    private readonly place: { readonly left: number; readonly right: number },
  ) {}

  /** The place of a time, with one digit behind the point. A time beyond the axis is at its end. */
  x(time: number): number {
    const { from, to } = this.time;
    const { left, right } = this.place;
    const share = Math.min(1, Math.max(0, (time - from) / (to - from)));
    return Math.round((left + share * (right - left)) * 10) / 10;
  }

  /** Round times since the beginning, with their text. Up to 80 minutes, they are at most nine. */
  ticks(): { readonly time: number; readonly text: string }[] {
    const { from, to } = this.time;
    const step = (STEPS.find((each) => (to - from) / (each * 1000) <= TICKS) ?? LONGEST) * 1000;
    return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => index * step).map(
      (since) => ({ time: from + since, text: `${since / 1000} s` }),
    );
  }
}
