/** An error of the server, as a value: one of many commands may fail. */
export class ServerError extends Error {
  constructor(
    message: string,
    /** Which server it was. @default - not known */
    readonly server?: string,
  ) {
    super(message);
  }
}

/** A reply of a server, with bytes for texts. */
export type RawReply = Buffer | number | null | ServerError | readonly RawReply[];

const CARRIAGE_RETURN = 13;

/** An array that lacks items. */
class Partial {
  readonly items: RawReply[] = [];

  constructor(readonly size: number) {}
}

/** Reads replies (RESP2) from chunks, as fast as millions of small ones need. */
export class ReplyReader {
  private buffer: Buffer = Buffer.alloc(0);
  private chunks: Buffer[] = [];
  private size = 0;
  private at = 0;
  /** Bytes that the buffer must have before another attempt makes sense: a large value arrives in many chunks. */
  private needed = 0;
  /** The arrays around the next value, the outermost first: a large one is not read again with every chunk. */
  private readonly partial: Partial[] = [];

  /** The replies that are complete with this chunk. */
  read(chunk: Buffer): RawReply[] {
    this.chunks.push(chunk);
    this.size += chunk.length;
    if (this.size < this.needed) return [];
    this.buffer = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks, this.size);
    this.at = this.needed = 0;
    const replies: RawReply[] = [];
    let begin = 0;
    for (;;) {
      const value = this.value();
      if (value === undefined) break;
      begin = this.at;
      const reply = this.place(value);
      if (reply !== undefined) replies.push(reply);
    }
    const rest = this.buffer.subarray(begin);
    this.needed = Math.max(0, this.needed - begin);
    this.chunks = rest.length > 0 ? [rest] : [];
    this.size = rest.length;
    return replies;
  }

  /** Puts a value into the array around it, if any. Returns a complete reply. */
  private place(value: RawReply | Partial): RawReply | undefined {
    if (value instanceof Partial) {
      this.partial.push(value);
      return undefined;
    }
    let complete = value;
    for (;;) {
      const around = this.partial.at(-1);
      if (around === undefined) return complete;
      around.items.push(complete);
      if (around.items.length < around.size) return undefined;
      complete = around.items;
      this.partial.pop();
    }
  }

  /** The next value; undefined if it is not complete. */
  private value(): RawReply | Partial | undefined {
    const end = this.buffer.indexOf(CARRIAGE_RETURN, this.at);
    if (end < 0 || end + 2 > this.buffer.length) return undefined;
    const type = this.buffer[this.at];
    const begin = this.at + 1;
    this.at = end + 2;
    switch (type) {
      case 0x24: // $
        return this.bulk(this.number(begin, end));
      case 0x2a: // *
        return this.array(this.number(begin, end));
      case 0x3a: // :
        return this.number(begin, end);
      case 0x2b: // +
        return this.buffer.subarray(begin, end);
      case 0x2d: // -
        return new ServerError(this.buffer.toString("utf8", begin, end));
      default:
        throw new Error("the reply is not in the protocol of Redis");
    }
  }

  private bulk(length: number): Buffer | null | undefined {
    if (length < 0) return null;
    const end = this.at + length;
    if (end + 2 > this.buffer.length) {
      this.needed = end + 2;
      return undefined;
    }
    const bytes = this.buffer.subarray(this.at, end);
    this.at = end + 2;
    return bytes;
  }

  private array(size: number): RawReply | Partial {
    if (size < 0) return null;
    return size === 0 ? [] : new Partial(size);
  }

  private number(begin: number, end: number): number {
    const isNegative = this.buffer[begin] === 0x2d;
    let value = 0;
    for (let at = isNegative ? begin + 1 : begin; at < end; at++)
      value = value * 10 + this.buffer[at]! - 0x30;
    return isNegative ? -value : value;
  }
}
