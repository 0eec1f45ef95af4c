import { createClient, ErrorReply, RESP_TYPES } from "@redis/client";
import { type Answer, type Cause, known, unanswered, type Unanswered } from "./answer";
import { type Endpoint } from "./endpoint";
import { type Login, tlsOptions, withoutPassword } from "./login";
import { ServerError } from "./reply-reader";

/** A reply of a server (RESP2). Texts are bytes where the caller wants bytes. */
export type Reply<Text = string> = Text | number | null | readonly Reply<Text>[];

type Client = ReturnType<typeof newClient>;

/** One connection to one server. It does not reconnect, and each reply has a time limit. */
export class Connection {
  /** Whether a reply did not come in time. All later ones wait behind it, and after an outage for minutes. */
  private isLate = false;

  private constructor(private readonly client: Client) {}

  /** Connects and logs in. Rejects after `timeout` milliseconds. */
  static async open(endpoint: Endpoint, login: Login, timeout: number): Promise<Connection> {
    const client = newClient(endpoint, login, timeout);
    client.on("error", () => undefined); // the pending command is rejected with the same error
    try {
      // A server without TLS waits for the end of what it takes for a command.
      const [what, hint] = login.tls ? ["TLS handshake", "; the server may not use TLS"] : ["connecting", ""];
      await bounded(client.connect(), timeout, 0, what, hint);
    } catch (error) {
      client.destroy();
      throw withoutPassword(error as Error, login);
    }
    return new Connection(client);
  }

  /** Whether commands can still be sent. */
  get isOpen(): boolean {
    return this.client.isReady && !this.isLate;
  }

  /**
   * Sends a command. Replies come in the order of the commands. Rejects with the error of the server. `spent`: milliseconds
   * of the time limit that are over.
   */
  send<R extends Reply = Reply>(command: readonly string[], timeout: number, spent = 0): Promise<R> {
    return this.limit(this.client.sendCommand<R>(command), command, timeout, spent);
  }

  /** Like `send`, for keys and values that are not text. */
  sendBytes<R extends Reply<Buffer> = Reply<Buffer>>(
    command: readonly (string | Buffer)[],
    timeout: number,
    spent = 0,
  ): Promise<R> {
    const typeMapping = { [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.SIMPLE_STRING]: Buffer };
    return this.limit(this.client.sendCommand<R>(command, { typeMapping }), command, timeout, spent);
  }

  close(): void {
    if (this.client.isOpen) this.client.destroy();
  }

  private limit<R>(
    reply: Promise<R>,
    [name = ""]: readonly (string | Buffer)[],
    timeout: number,
    spent: number,
  ): Promise<R> {
    return bounded(reply, timeout, spent, String(name)).catch((error: unknown) => {
      this.isLate ||= error instanceof TimeLimitError;
      throw error;
    });
  }
}

/** The answer of a server, or why there is none. It never rejects. */
export async function answerOf<T>(what: string, question: () => Promise<T>): Promise<Answer<T>> {
  try {
    return known(await question());
  } catch (error) {
    return unanswered(causeOf(error), `${what}: ${messageOf(error)}`);
  }
}

/** Why something failed that is not one question. What is not an error of the server has its name in the message. */
export function failureOf(error: unknown): Unanswered {
  const server = error instanceof ServerError && error.server !== undefined ? `${error.server}: ` : "";
  return unanswered(causeOf(error), `${server}${messageOf(error)}`);
}

/** No reply within the time limit. */
class TimeLimitError extends Error {}

/** The first client of a class takes 50 ms, since it defines all Redis commands. Further clients of it take no time. */
const pattern = createClient({ RESP: 2, disableClientInfo: true });

function newClient({ host, port }: Endpoint, { user, password, tls }: Login, timeout: number) {
  // The limit of `open` is reached before, and has a message with what it waited for.
  const place = { host, port, connectTimeout: timeout + 1000, reconnectStrategy: false } as const;
  return pattern.duplicate({
    socket: tls ? { ...place, tls: true, ...tlsOptions(tls) } : place,
    username: user,
    password,
  });
}

function bounded<T>(
  promise: Promise<T>,
  timeout: number,
  spent: number,
  what: string,
  hint = "",
): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => reject(new TimeLimitError(`${what}: no answer within ${timeout} ms${hint}`));
    // What has arrived meanwhile is read first: this process may have been busy with the replies of others.
    const timer = setTimeout(() => setImmediate(end), timeout - spent);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

const UNREACHABLE = ["ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "EPIPE", "EADDRNOTAVAIL"];
const UNRESOLVED = ["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL"];
const NO_LOGIN = /^(NOAUTH|WRONGPASS|ERR invalid password|ERR Client sent AUTH)/;

function causeOf(error: unknown): Cause {
  if (error instanceof TimeLimitError) return "timeout";
  const { message = "", code = "" } = error as NodeJS.ErrnoException;
  if (error instanceof ErrorReply || error instanceof ServerError) {
    if (NO_LOGIN.test(message)) return "auth";
    if (message.startsWith("NOPERM")) return "permission";
    return message.startsWith("LOADING") ? "loading" : "error";
  }
  if (UNRESOLVED.includes(code)) return "unresolved";
  if (code === "ETIMEDOUT" || /timeout/i.test((error as Error).name)) return "timeout";
  if (UNREACHABLE.includes(code) || message === "Socket closed unexpectedly") return "unreachable";
  // OpenSSL's errors, and those of Node.js about certificates.
  return /^(ERR_SSL|ERR_TLS|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code) ? "tls" : "error";
}

/** Characters of a server's message that are kept. */
const LONGEST_MESSAGE = 300;
/** A server repeats the arguments of a command that it does not know: of AUTH, the beginning of the password. */
const ARGUMENTS = /,? with args beginning with:.*$/;

/** The message on one line. An aggregate error, such as of a name with two addresses, has its text in its parts. */
function messageOf(error: unknown): string {
  const { message, errors, code } = error as Error & { errors?: readonly Error[]; code?: string };
  const text = message || (errors ?? []).map((each) => each.message).join("; ") || code || String(error);
  const whole = text.replace(/\s+/g, " ").trim().replace(ARGUMENTS, "");
  const line = whole.length <= LONGEST_MESSAGE ? whole : `${whole.slice(0, LONGEST_MESSAGE - 1)}…`;
  if (message === "Socket closed unexpectedly") return "the server closed the connection; it may expect TLS";
  if (causeOf(error) !== "tls") return line;
  // OpenSSL: NUMBER:error:NUMBER:LIBRARY:FUNCTION:REASON:FILE:LINE:
  const reason = /:error:[^:]*:[^:]*:[^:]*:([^:]+):/.exec(line)?.[1] ?? line;
  const hint = /wrong version number|packet length too long/.test(reason)
    ? "; the server may not use TLS"
    : "";
  return `TLS handshake failed: ${reason}${hint}`;
}
