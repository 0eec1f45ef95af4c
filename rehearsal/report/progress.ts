/** A line of the progress. */
export interface Event {
  /** Milliseconds since the start of the run. */
  readonly at: number;
  readonly text: string;
  /** The address of the node that it is about. */
  readonly node?: string;
  /** Whether it begins a new part, or is the result of one. */
  readonly part?: "heading" | "result";
}

/** What happens in a run, as it happens: one line an event, with the seconds since the start. */
export class Progress {
  readonly events: Event[] = [];
  private readonly begin = Date.now();

  constructor(private readonly write: (line: string) => void) {}

  /** Milliseconds since the start. */
  get now(): number {
    return this.at(Date.now());
  }

  /** The milliseconds since the start at a time of the clock. */
  at(time: number): number {
    return time - this.begin;
  }

  /** A note that begins a new part. */
  heading(text: string): void {
    this.write("\n");
    this.add({ text, part: "heading" });
  }

  /** The result of the part. */
  result(text: string): void {
    this.add({ text, part: "result" });
  }

  /** `node`: the address of the node that it is about. */
  note(text: string, node?: string): void {
    this.add({ text, ...(node !== undefined && { node }) });
  }

  private add(event: Omit<Event, "at">): void {
    const at = this.now;
    this.events.push({ at, ...event });
    this.write(`${(at / 1000).toFixed(1).padStart(5)} s  ${event.text}\n`);
  }
}
