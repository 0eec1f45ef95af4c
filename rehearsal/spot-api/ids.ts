/** The kinds of IDs that the API and AWS create. */
export type IdPrefix = "sig" | "ssi" | "i" | "ami" | "vol" | "sir";

/** IDs of AWS of these kinds have 17 hexadecimal digits, IDs of Spot have 8. */
const long: readonly IdPrefix[] = ["i", "ami", "vol"];

/**
 * IDs in the format of the real ones, but counted, so that they are the same in each run of a test. The IDs of two APIs
 * on one machine differ by their seed.
 */
export class Ids {
  private readonly counts = new Map<string, number>();

  constructor(private readonly seed = 0) {}

  /** The next ID of a kind: `sig-00000001`, `i-00000000000000001`, … */
  next(prefix: IdPrefix): string {
    return `${prefix}-${this.count(prefix)
      .toString(16)
      .padStart(long.includes(prefix) ? 17 : 8, "0")}`;
  }

  /** The ID of a request, in the format of a UUID. */
  nextRequest(): string {
    return `00000000-0000-4000-8000-${this.count("request").toString(16).padStart(12, "0")}`;
  }

  /** The counts so far, by kind. */
  get state(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts);
  }

  /** Continues these counts. */
  load(state: Readonly<Record<string, number>>): void {
    for (const [kind, count] of Object.entries(state)) this.counts.set(kind, count);
  }

  private count(kind: string): number {
    const next = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, next);
    return this.seed * 0x10000 + next;
  }
}
