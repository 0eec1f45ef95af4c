import { count, portNumber } from "../../rehearsal/count";

test("a count is a positive whole number", () => {
  expect(count("--replicas", "12")).toBe(12);
});

test.each(["", "0", "-1", "1.5", "1e3", "12x", "1234567890"])(
  "%p is no count, and the option is named",
  (text) => {
    expect(() => count("--replicas", text)).toThrow(
      `--replicas must be a whole number from 1 on, got: ${text}`,
    );
  },
);

test.each([
  ["0", 0],
  ["6379", 6379],
  ["65535", 65_535],
])("%p is a port", (text, port) => {
  expect(portNumber(text)).toBe(port);
});

test.each(["", " 1", "-1", "65536", "1.5", "0x10", "http"])("%p is not a port", (text) => {
  expect(() => portNumber(text)).toThrow(`--port must be from 0 to 65535, got: ${text}`);
});
