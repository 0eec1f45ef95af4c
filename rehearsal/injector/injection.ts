/** The kinds of injection into one question. */
export const injectionKinds = [
  "delay", // the reply is delayed until at least `ms` milliseconds after the question
  "drop", // the command is not forwarded; no reply is sent and the connection stays open
  "truncate", // half of the bytes of the reply are sent, then the connection is closed
  "error", // the command is not forwarded; the reply is an error
  "close", // the command is not forwarded; the connection is closed
  "lost", // the command is forwarded; no reply is sent and the connection stays open
] as const;

export type InjectionKind = (typeof injectionKinds)[number];

export interface Injection {
  readonly kind: InjectionKind;
  /** For `delay`: the delay in milliseconds. */
  readonly ms?: number;
}

/** The reply of the kind `error`. */
export const injectedError = Buffer.from("-ERR injected\r\n");
