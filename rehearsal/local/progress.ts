/** A line of the progress. */
export interface Event {
  /** Milliseconds since the start of the run. */
  readonly at: number;
  readonly text: string;
}

/** What happens in a run, as it happens: one line an event, with the seconds since the start. */
export class Progress {
  readonly events: Event[] = [];
  private readonly begin = Date.now();

  constructor(private readonly write: (line: string) => void) {}

  /** Milliseconds since the start. */
  get now(): number {
    return Date.now() - this.begin;
  }

  /** A note that begins a new part. */
  heading(text: string): void {
    this.write("\n");
    this.note(text);
  }

  note(text: string): void {
    const at = this.now;
    this.events.push({ at, text });
    this.write(`${(at / 1000).toFixed(1).padStart(5)} s  ${text}\n`);
  }
}
