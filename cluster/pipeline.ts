import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type Endpoint, showEndpoint } from "./endpoint";
import { type Login, tlsOptions, withoutPassword } from "./login";
import { type RawReply, ReplyReader, ServerError } from "./reply-reader";

/** A command: its name and arguments, as text or bytes. */
export type RawCommand = readonly (string | Buffer)[];

interface Batch {
  readonly replies: RawReply[];
  readonly size: number;
  readonly resolve: (replies: readonly RawReply[]) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * A connection for millions of small commands. `Connection` takes 35 µs for each command, which is many times what the
 * server takes. This one has one promise and one time limit for a batch.
 */
export class Pipeline {
  private readonly reader = new ReplyReader();
  private readonly batches: Batch[] = [];
  private failure?: Error;

  private constructor(
    private readonly socket: Socket,
    private readonly name: string,
    private readonly timeout: number,
  ) {
    socket.on("data", (chunk: Buffer) => this.take(chunk));
    socket.on("error", (error) => this.fail(error));
    socket.on("close", () => this.fail(new Error(`${name} has closed the connection`)));
  }

  /** Connects and logs in. Rejects after `timeout` milliseconds, like each batch. */
  static async open(endpoint: Endpoint, login: Login, timeout: number): Promise<Pipeline> {
    const { user, password, tls } = login;
    const name = showEndpoint(endpoint);
    const socket = tls ? connectTls({ ...endpoint, ...tlsOptions(tls) }) : connect(endpoint);
    const timer = setTimeout(
      () => socket.destroy(new Error(`${name}: no connection within ${timeout} ms`)),
      timeout,
    );
    try {
      await once(socket, tls ? "secureConnect" : "connect");
    } finally {
      clearTimeout(timer);
    }
    socket.setNoDelay(true);
    const pipeline = new Pipeline(socket, name, timeout);
    if (password === undefined) return pipeline;
    const [reply] = await pipeline.send([["AUTH", ...(user === undefined ? [] : [user]), password]]);
    if (!(reply instanceof ServerError)) return pipeline;
    pipeline.close();
    throw withoutPassword(reply, login);
  }

  /** Sends commands, and resolves to their replies in order. */
  send(commands: readonly RawCommand[]): Promise<readonly RawReply[]> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    if (commands.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      const late = new Error(`${this.name}: no answer within ${this.timeout} ms`);
      const timer = setTimeout(() => this.fail(late), this.timeout);
      this.batches.push({ replies: [], size: commands.length, resolve, reject, timer });
      this.socket.write(encode(commands));
    });
  }

  close(): void {
    this.fail(new Error(`the connection to ${this.name} is closed`));
  }

  private take(chunk: Buffer): void {
    try {
      for (const reply of this.reader.read(chunk)) {
        const [batch] = this.batches;
        if (batch === undefined) return;
        batch.replies.push(reply instanceof ServerError ? new ServerError(reply.message, this.name) : reply);
        if (batch.replies.length < batch.size) continue;
        this.batches.shift();
        clearTimeout(batch.timer);
        batch.resolve(batch.replies);
      }
    } catch (error) {
      this.fail(error as Error);
    }
  }

  /** After a failure it is not known which reply belongs to which command, so the connection is not used any more. */
  private fail(error: Error): void {
    this.failure ??= error;
    this.socket.destroy();
    for (const { timer, reject } of this.batches.splice(0)) {
      clearTimeout(timer);
      reject(this.failure);
    }
  }
}

/** Commands in one buffer. */
function encode(commands: readonly RawCommand[]): Buffer {
  const parts: Buffer[] = [];
  let text = "";
  for (const command of commands) {
    text += `*${command.length}\r\n`;
    for (const part of command) {
      text += `$${typeof part === "string" ? Buffer.byteLength(part) : part.length}\r\n`;
      if (typeof part === "string") text += `${part}\r\n`;
      else {
        parts.push(Buffer.from(text), part);
        text = "\r\n";
      }
    }
  }
  return Buffer.concat([...parts, Buffer.from(text)]);
}
