import { type RawReply, ReplyReader, ServerError } from "../../cluster/reply-reader";

const REPLIES: readonly [string, RawReply][] = [
  ["+OK\r\n", Buffer.from("OK")],
  ["-ERR no\r\n", new ServerError("ERR no")],
  [":-12\r\n", -12],
  ["$-1\r\n", null],
  ["*-1\r\n", null],
  ["*0\r\n", []],
  ["$4\r\na\r\nb\r\n", Buffer.from("a\r\nb")],
  ["*3\r\n*2\r\n:1\r\n*0\r\n$-1\r\n*1\r\n$1\r\nx\r\n", [[1, []], null, [Buffer.from("x")]]],
];
const TEXT = Buffer.from(REPLIES.map(([text]) => text).join(""));
const VALUES = REPLIES.map(([, value]) => value);

test.each([1, 2, 3, 7, TEXT.length])("replies are the same in chunks of %d bytes", (size) => {
  const reader = new ReplyReader();
  const found: RawReply[] = [];
  for (let at = 0; at < TEXT.length; at += size) found.push(...reader.read(TEXT.subarray(at, at + size)));
  expect(found).toEqual(VALUES);
});

test("a large array that arrives in many chunks is read once", () => {
  const items = 100_000;
  const text = Buffer.from(`*${items}\r\n${":1\r\n".repeat(items)}`);
  const reader = new ReplyReader();
  const begin = performance.now();
  const found: RawReply[] = [];
  for (let at = 0; at < text.length; at += 100) found.push(...reader.read(text.subarray(at, at + 100)));
  expect((found[0] as readonly RawReply[]).length).toBe(items);
  // Read again with each chunk, it took minutes.
  expect(performance.now() - begin).toBeLessThan(5000);
}, 20_000);

test("another protocol is an error", () => {
  expect(() => new ReplyReader().read(Buffer.from("HTTP/1.1 400 Bad Request\r\n"))).toThrow(
    "not in the protocol of Redis",
  );
});
