import { connect, type Socket } from "node:net";
import { FrameReader, wordsOf } from "./frame-reader";
import { type Injection, injectedError } from "./injection";

/** The largest command or reply, in bytes. */
const FRAME_LIMIT = 64 << 20;
/** If more bytes of replies are waiting for delivery, the server is not read further. */
const HELD_LIMIT = 1 << 20;
/** If more questions are open, the client is not read further. */
const OPEN_LIMIT = 10_000;
/** Milliseconds that a client has to close its side of a connection that was closed here. */
const CLOSE_PATIENCE = 1000;

/** The reply to one question. Slots are delivered in the order of the questions. */
interface Slot {
  readonly injection?: Injection;
  /** The earliest time of the delivery. */
  readonly due: number;
  bytes?: Buffer;
  /** Whether the connection is closed after these bytes. */
  closes?: boolean;
}

export interface LinkProps {
  readonly client: Socket;
  readonly address: string;
  /** The bytes that the client sent after the line with the address. */
  readonly rest: Buffer;
  /** Numbers and records a question; returns the injection to apply. */
  readonly ask: (words: readonly Buffer[]) => Injection | undefined;
  readonly problem: (text: string) => void;
}

/** One client's connection to one server. */
export class Link {
  private readonly client: Socket;
  private readonly server: Socket;
  private readonly commands = new FrameReader(FRAME_LIMIT);
  private readonly replies = new FrameReader(FRAME_LIMIT);
  /** The questions whose reply is not delivered yet. */
  private readonly slots: Slot[] = [];
  /** Those of them that the server still has to answer. */
  private readonly awaiting: Slot[] = [];
  /** The number of bytes in all slots. */
  private held = 0;
  /** After `drop` or `lost` nothing more reaches the client; after `drop` nothing more reaches the server. */
  private silence?: "drop" | "lost";
  /** Whether further questions are ignored. */
  private closing = false;
  private finished = false;
  private serverEnded = false;
  private timer?: NodeJS.Timeout;

  constructor(private readonly props: LinkProps) {
    const { client, address } = props;
    this.client = client;
    this.server = connect(endpointOf(address));
    this.server.setNoDelay(true);
    let connected = false;
    this.server.once("connect", () => {
      connected = true;
      this.fromClient(props.rest);
      client.on("data", (chunk) => this.fromClient(chunk));
      if (client.readableEnded) this.clientEnded();
      client.on("drain", () => this.adjust());
      this.adjust();
    });
    this.server.on("data", (chunk) => this.fromServer(chunk));
    this.server.on("drain", () => this.adjust());
    this.server.on("error", (error) => props.problem(`${address}: ${error.message}`));
    this.server.on("close", () => {
      this.serverEnded = true;
      if (connected) this.deliver();
      else client.resetAndDestroy();
    });
    // A paused client may close before the server is connected.
    client.on("end", () => connected && this.clientEnded());
    client.on("close", () => this.destroy());
  }

  destroy(): void {
    clearTimeout(this.timer);
    this.closing = this.finished = true;
    this.client.destroy();
    this.server.destroy();
  }

  private fromClient(chunk: Buffer): void {
    if (this.closing) return;
    try {
      for (const frame of this.commands.push(chunk)) {
        this.question(frame);
        if (this.closing) return;
      }
    } catch (error) {
      this.malformed("client", error);
    }
    this.adjust();
  }

  private question(frame: Buffer): void {
    const injection = this.props.ask(wordsOf(frame));
    if (this.silence === "drop") return;
    const kind = injection?.kind;
    if (kind === "drop") {
      this.silence ??= "drop";
      return;
    }
    if (this.silence) {
      if (kind !== "error" && kind !== "close") this.server.write(frame);
      return;
    }
    const due = kind === "delay" ? Date.now() + (injection?.ms ?? 0) : 0;
    if (kind === "lost") {
      this.silence = "lost";
      this.server.write(frame);
    } else if (kind === "error") {
      this.held += injectedError.length;
      this.slots.push({ due, bytes: injectedError });
    } else if (kind === "close") {
      this.slots.push({ due, closes: true });
      this.closing = true;
    } else {
      const slot: Slot = { injection, due };
      this.slots.push(slot);
      this.awaiting.push(slot);
      this.server.write(frame);
    }
    this.deliver();
  }

  private fromServer(chunk: Buffer): void {
    try {
      for (const frame of this.replies.push(chunk)) this.reply(frame);
    } catch (error) {
      this.malformed("server", error);
    }
    this.deliver();
  }

  private reply(frame: Buffer): void {
    const slot = this.awaiting.shift();
    // A message that is no reply is forwarded in its order, unless replies are being lost.
    if (!slot && this.silence) return;
    const bytes = slot?.injection?.kind === "truncate" ? frame.subarray(0, frame.length >> 1) : frame;
    this.held += bytes.length;
    if (!slot) this.slots.push({ due: 0, bytes });
    else Object.assign(slot, { bytes, closes: slot.injection?.kind === "truncate" });
  }

  /** Delivers the replies that are due, in the order of the questions. */
  private deliver(): void {
    while (!this.finished) {
      const [slot] = this.slots;
      // The server has closed the connection: open questions will never be answered.
      if (!slot?.bytes && !slot?.closes) {
        if (this.serverEnded && !this.silence) this.finish();
        break;
      }
      if (slot.due > Date.now()) {
        this.timer ??= setTimeout(() => this.wake(), slot.due - Date.now());
        break;
      }
      this.slots.shift();
      if (slot.bytes) {
        this.held -= slot.bytes.length;
        this.client.write(slot.bytes);
      }
      if (slot.closes) this.finish();
    }
    this.adjust();
  }

  private wake(): void {
    this.timer = undefined;
    this.deliver();
  }

  /** Closes gracefully, so that the client gets all bytes that were written. */
  private finish(): void {
    this.closing = this.finished = true;
    this.server.destroy();
    this.client.end();
    this.timer = setTimeout(() => this.destroy(), CLOSE_PATIENCE);
  }

  /** Handles a half-closed client, which may still read. */
  private clientEnded(): void {
    if (this.silence || this.closing) this.destroy();
    else this.server.end();
  }

  private malformed(side: string, error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    this.props.problem(`${this.props.address}: the ${side} does not use RESP2: ${text}`);
    this.destroy();
  }

  /** Reads from each side only while the other side accepts the bytes. */
  private adjust(): void {
    const full = this.slots.length >= OPEN_LIMIT || this.server.writableNeedDrain;
    if (full && !this.closing) this.client.pause();
    else this.client.resume();
    if (this.held > HELD_LIMIT || this.client.writableNeedDrain) this.server.pause();
    else this.server.resume();
  }
}

/** Splits HOST:PORT or [IPV6]:PORT; throws for anything else. */
export function endpointOf(address: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, port = ""] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(address) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) {
    throw new Error(`an address must be HOST:PORT, got: ${JSON.stringify(address)}`);
  }
  return { host, port: Number(port) };
}
