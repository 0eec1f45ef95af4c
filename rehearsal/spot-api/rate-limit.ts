import { type Clock } from "./groups";

/** Milliseconds in which requests are counted. */
const WINDOW = 60_000;

/** The state of a limit after a request. */
export interface Allowance {
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the count starts again. */
  readonly reset: number;
  readonly isExceeded: boolean;
}

/** Counts the requests of each method and route within 60 seconds, as the real API does. Its limits are not published. */
export class RateLimit {
  private readonly counts = new Map<string, { begin: number; count: number }>();

  constructor(
    private readonly limit: number,
    private readonly clock: Clock,
  ) {}

  /** Counts a request. IDs in the path do not make another route. */
  take(method: string, path: string): Allowance {
    const key = `${method} ${path.replace(/\b[a-z]+-[0-9a-f]{8,17}\b/g, "{id}")}`;
    const now = this.clock().getTime();
    const found = this.counts.get(key);
    const window = found && now < found.begin + WINDOW ? found : { begin: now, count: 0 };
    window.count++;
    this.counts.set(key, window);
    return {
      limit: this.limit,
      remaining: Math.max(0, this.limit - window.count),
      reset: Math.ceil((window.begin + WINDOW - now) / 1000),
      isExceeded: window.count > this.limit,
    };
  }
}
