/** What can happen to one question. */
export const injectionKinds = [
  "delay", // the reply comes `ms` milliseconds after the question, or later
  "drop", // the command is not forwarded; no reply ever comes and the connection stays open
  "truncate", // half of the reply's bytes come, then the connection is closed
  "error", // the command is not forwarded; the reply is an error
  "close", // the command is not forwarded; the connection is closed
  "lost", // the command is forwarded; no reply ever comes and the connection stays open
] as const;

export type InjectionKind = (typeof injectionKinds)[number];

export interface Injection {
  readonly kind: InjectionKind;
  /** For `delay`: the delay in milliseconds. */
  readonly ms?: number;
}

/** The reply of the kind `error`. */
export const injectedError = Buffer.from("-ERR injected\r\n");
