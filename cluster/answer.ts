/** What a question resulted in: a value, or the reason why there is none. A missing answer is never a value. */
export type Answer<T> = Known<T> | Unanswered;

export interface Known<T> {
  readonly known: true;
  readonly value: T;
}

export interface Unanswered {
  readonly known: false;
  readonly cause: Cause;
  /** For people: one line, with what was asked and what happened. */
  readonly reason: string;
}

/** Why there is no answer. */
export type Cause =
  /** The host name has no address. */
  | "unresolved"
  /** No connection: refused, no route, or reset. */
  | "unreachable"
  /** Nothing within the time limit. */
  | "timeout"
  /** The TLS handshake failed, or only one side uses TLS. */
  | "tls"
  /** The password or the user is wrong or missing. */
  | "auth"
  /** The user lacks a right (NOPERM). */
  | "permission"
  /** The server loads its data. */
  | "loading"
  /** Any other error of the server. */
  | "error";

export function known<T>(value: T): Known<T> {
  return { known: true, value };
}

export function unanswered(cause: Cause, reason: string): Unanswered {
  return { known: false, cause, reason };
}

/** The value; undefined if there is none. For uses where both are handled alike. */
export function valueOf<T>(answer: Answer<T>): T | undefined {
  return answer.known ? answer.value : undefined;
}

/** The answer with another value. `change` may throw: the value then does not count as one. */
export function map<T, U>(answer: Answer<T>, change: (value: T) => U): Answer<U> {
  if (!answer.known) return answer;
  try {
    return known(change(answer.value));
  } catch (error) {
    return unanswered("error", (error as Error).message);
  }
}
