/** Why a request to the Spot API failed. */
export type SpotErrorKind =
  /** No connection, or a broken one. */
  | "unreachable"
  /** No answer within the time limit. */
  | "timeout"
  /** 401 or 403. */
  | "credentials"
  /** 429, also after the retries. */
  | "throttled"
  /** The group or the stateful instance does not exist. */
  | "missing"
  /** The API refuses the request: any other 4xx. */
  | "refused"
  /** 5xx, also after the retries. */
  | "server"
  /** Not the JSON that the API documents, such as a proxy's HTML page. */
  | "malformed";

/** A failed request to the Spot API. The message is for people, on one line and without the token. */
export class SpotError extends Error {
  constructor(
    readonly kind: SpotErrorKind,
    message: string,
    /** Milliseconds that the API asks to wait before the next attempt. @default - none */
    readonly pause?: number,
  ) {
    super(message);
    this.name = "SpotError";
  }
}
