import { type Json } from "./json";

/** One request as it arrived. The headers, and the token in them, are never kept. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query, for example `/aws/ec2/group?accountId=act-1`. */
  readonly path: string;
  /** Undefined where there was none, or where it was no JSON. */
  readonly body?: Json;
  /** What was answered. */
  readonly status: number;
}

/** Remembers every request, in the order of the answers. */
export class Recorder {
  private recorded: RecordedRequest[] = [];

  /** Everything since the start or the last `clear`. */
  get requests(): readonly RecordedRequest[] {
    return [...this.recorded];
  }

  /** Adds a request. */
  record(request: RecordedRequest): void {
    this.recorded.push(structuredClone(request));
  }

  /** Forgets all requests, so that a test sees only what comes next. */
  clear(): void {
    this.recorded = [];
  }
}
