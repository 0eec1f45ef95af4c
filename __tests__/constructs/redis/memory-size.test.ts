import { bytesOf } from "../../../constructs/redis/memory-size";

test.each([
  ["1", 1],
  ["100b", 100],
  ["1k", 1000],
  ["1kb", 1024],
  ["2M", 2e6],
  ["12gb", 12 * 2 ** 30],
])("%s is %i bytes, as Redis counts", (size, bytes) => {
  expect(bytesOf(size)).toBe(bytes);
});
