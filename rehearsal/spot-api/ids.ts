/** The kinds of id the API and AWS hand out. */
export type IdPrefix = "sig" | "ssi" | "i" | "ami" | "vol" | "sir";

/** AWS ids of these kinds have 17 hexadecimal digits, Spot's own have 8. */
const long: readonly IdPrefix[] = ["i", "ami", "vol"];

/**
 * Ids that look like the real ones but only count, so that two runs of a test read the same.
 * A seed keeps two APIs on one machine apart.
 */
export class Ids {
  private readonly counts = new Map<string, number>();

  constructor(private readonly seed = 0) {}

  /** The next id of a kind: `sig-00000001`, `i-00000000000000001`, … */
  next(prefix: IdPrefix): string {
    return `${prefix}-${this.count(prefix)
      .toString(16)
      .padStart(long.includes(prefix) ? 17 : 8, "0")}`;
  }

  /** An id for a request, in the form of a UUID. */
  nextRequest(): string {
    return `00000000-0000-4000-8000-${this.count("request").toString(16).padStart(12, "0")}`;
  }

  private count(kind: string): number {
    const next = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, next);
    return this.seed * 0x10000 + next;
  }
}
