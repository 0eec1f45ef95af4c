import fc from "fast-check";
import { FrameReader, wordsOf } from "../../../rehearsal/injector/frame-reader";

const LIMIT = 1 << 20;
const line = fc.string({ maxLength: 20 }).map((text) => text.replaceAll(/[\r\n]/g, " "));
const bulk = fc.uint8Array({ maxLength: 40 }).map((bytes) => {
  return Buffer.concat([Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from("\r\n")]);
});
const simple = fc
  .tuple(fc.constantFrom("+", "-", ":"), line)
  .map(([type, text]) => Buffer.from(`${type}${text}\r\n`));
const nothing = fc
  .constantFrom("$-1\r\n", "*-1\r\n", "*0\r\n", "$0\r\n\r\n")
  .map((text) => Buffer.from(text));
const { reply } = fc.letrec<{ reply: Buffer; array: Buffer }>((tie) => ({
  reply: fc.oneof({ maxDepth: 3 }, simple, bulk, nothing, tie("array")),
  array: fc
    .array(tie("reply"), { maxLength: 4 })
    .map((parts) => Buffer.concat([Buffer.from(`*${parts.length}\r\n`), ...parts])),
}));

/** The frames of a stream that arrives in pieces, cut at these positions. */
function frames(stream: Buffer, cuts: readonly number[]): Buffer[] {
  const reader = new FrameReader(LIMIT);
  const places = [...new Set([0, ...cuts.map((cut) => cut % (stream.length + 1)), stream.length])];
  places.sort((a, b) => a - b);
  return places.slice(1).flatMap((end, index) => reader.push(stream.subarray(places[index], end)));
}

describe("FrameReader", () => {
  test("returns each reply with its exact bytes, regardless of how the stream is cut", () => {
    fc.assert(
      fc.property(fc.array(reply, { minLength: 1, maxLength: 8 }), fc.array(fc.nat()), (replies, cuts) => {
        expect(frames(Buffer.concat(replies), cuts).map(String)).toEqual(replies.map(String));
      }),
    );
  });

  test("returns nothing for an incomplete frame", () => {
    const reader = new FrameReader(LIMIT);
    expect(reader.push(Buffer.from("*2\r\n$3\r\nGET\r\n$1\r\nk\r"))).toEqual([]);
    expect(reader.push(Buffer.from("\n+"))).toHaveLength(1);
  });

  test("reads a bulk of many chunks in linear time", () => {
    const reader = new FrameReader(64 << 20);
    const chunk = Buffer.alloc(16_384, "x");
    const start = Date.now();
    reader.push(Buffer.from(`$${2000 * chunk.length}\r\n`));
    for (let count = 0; count < 2000; count++) expect(reader.push(chunk)).toEqual([]);
    expect(reader.push(Buffer.from("\r\n"))[0]).toHaveLength(2000 * chunk.length + 13);
    expect(Date.now() - start).toBeLessThan(5000);
  });

  test.each([
    ["?what\r\n", "must begin with one of"],
    ["$3\r\nabcd\r\n", "a bulk string must end with CRLF"],
    ["$x\r\n", "a length must be a number"],
    ["*-2\r\n", "a length must be a number"],
    ["$2000000\r\n", "at most 1048576 bytes"],
    [`+${"x".repeat(70_000)}`, "a line must have at most 65536 bytes"],
  ])("refuses %j", (text, problem) => {
    expect(() => new FrameReader(LIMIT).push(Buffer.from(text))).toThrow(problem);
  });
});

describe("wordsOf", () => {
  test("returns a command's words", () => {
    expect(wordsOf(Buffer.from("*2\r\n$3\r\nGET\r\n$2\r\n\r\n\r\n")).map(String)).toEqual(["GET", "\r\n"]);
    expect(wordsOf(Buffer.from("*0\r\n"))).toEqual([]);
  });

  test.each(["+PING\r\n", "*1\r\n:1\r\n", "*1\r\n$-1\r\n", "*1\r\n*1\r\n$1\r\na\r\n"])(
    "refuses %j",
    (text) => {
      expect(() => wordsOf(Buffer.from(text))).toThrow("an array of bulk strings");
    },
  );
});
