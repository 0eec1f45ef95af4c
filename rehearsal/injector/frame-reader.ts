/** The longest line of RESP: a status, an error or a length. */
const LINE_LIMIT = 65_536;

/** Thrown if the bytes are not RESP2, or a frame is larger than the limit. */
export class FrameError extends Error {}

/** Splits a stream into RESP2 frames, one command or one reply each, without changing a byte. */
export class FrameReader {
  private chunks: Buffer[] = [];
  private size = 0;
  /** Bytes needed before another scan can make progress. */
  private wanted = 1;
  /** The position at which the scan of the first frame stopped. */
  private position = 0;
  /** The number of elements of the first frame that are not read yet. */
  private open = 1;

  /** A frame of more than `limit` bytes is an error. */
  constructor(private readonly limit: number) {}

  /** Takes the next bytes of the stream and returns the frames that they complete. */
  push(chunk: Buffer): Buffer[] {
    this.chunks.push(chunk);
    this.size += chunk.length;
    if (this.size < this.wanted) return [];
    const frames: Buffer[] = [];
    let data = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks);
    while (this.scan(data)) {
      frames.push(data.subarray(0, this.position));
      data = data.subarray(this.position);
      [this.position, this.open] = [0, 1];
    }
    this.chunks = data.length > 0 ? [data] : [];
    this.size = data.length;
    return frames;
  }

  /** Moves `position` to the end of the frame; false if bytes are missing. */
  private scan(data: Buffer): boolean {
    while (this.open > 0) {
      const lineEnd = data.indexOf("\r\n", this.position);
      if (lineEnd < 0) {
        if (data.length - this.position > LINE_LIMIT)
          throw new FrameError(`a line must have at most ${LINE_LIMIT} bytes`);
        return this.needs(data.length + 1);
      }
      const type = String.fromCharCode(data[this.position] ?? 0);
      const next = lineEnd + 2;
      if (type === "*") {
        this.open += Math.max(lengthIn(data, this.position + 1, lineEnd), 0);
        this.position = next;
      } else if (type === "$") {
        const length = lengthIn(data, this.position + 1, lineEnd);
        const end = length < 0 ? next : next + length + 2;
        if (end > data.length) return this.needs(end);
        if (data.toString("latin1", end - 2, end) !== "\r\n")
          throw new FrameError("a bulk string must end with CRLF");
        this.position = end;
      } else if (type === "+" || type === "-" || type === ":") {
        this.position = next;
      } else {
        throw new FrameError(`a frame must begin with one of + - : $ *, got: ${JSON.stringify(type)}`);
      }
      this.open--;
    }
    this.wanted = 1;
    return true;
  }

  private needs(wanted: number): false {
    if (wanted > this.limit) throw new FrameError(`a frame must have at most ${this.limit} bytes`);
    this.wanted = wanted;
    return false;
  }
}

/** The arguments of a command frame. */
export function wordsOf(frame: Buffer): Buffer[] {
  const words: Buffer[] = [];
  const head = frame.indexOf("\r\n");
  if (frame[0] !== 0x2a) throw new FrameError("a command must be an array of bulk strings");
  for (let position = head + 2; position < frame.length;) {
    const lineEnd = frame.indexOf("\r\n", position);
    const length = lengthIn(frame, position + 1, lineEnd);
    if (frame[position] !== 0x24 || length < 0) {
      throw new FrameError("a command must be an array of bulk strings");
    }
    words.push(frame.subarray(lineEnd + 2, lineEnd + 2 + length));
    position = lineEnd + 2 + length + 2;
  }
  return words;
}

function lengthIn(data: Buffer, start: number, end: number): number {
  const text = data.toString("latin1", start, Math.min(end, start + 16));
  if (!/^(-1|\d{1,10})$/.test(text)) throw new FrameError(`a length must be a number, got: ${text}`);
  return Number(text);
}
