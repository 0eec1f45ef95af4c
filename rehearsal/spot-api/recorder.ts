import { type Json } from "./json";

/** A request and the status of its response. Headers are not kept, since they contain the token. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query, for example `/aws/ec2/group?accountId=act-1`. */
  readonly path: string;
  /** Undefined if there was no body or it was not JSON. */
  readonly body?: Json;
  /** The status of the response. */
  readonly status: number;
}

/** Records all requests, in the order of the responses. */
export class Recorder {
  private recorded: RecordedRequest[] = [];

  /** All requests since the start or the last `clear`. */
  get requests(): readonly RecordedRequest[] {
    return [...this.recorded];
  }

  /** Adds a request. */
  record(request: RecordedRequest): void {
    this.recorded.push(structuredClone(request));
  }

  /** Removes all requests, so that a test sees only later ones. */
  clear(): void {
    this.recorded = [];
  }
}
