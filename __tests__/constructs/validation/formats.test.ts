import { isIPv6 } from "node:net";
import { MASTER } from "../../../constructs/validation/formats";

describe("a master", () => {
  const groups = ["1", "fd00", "0", "ABCD", "12345", "g", ""];

  test("has an IPv6 address exactly as Node knows them, but for one that ends as IPv4", () => {
    let count = 0;
    for (let seed = 0; seed < 20_000; seed++) {
      const length = 1 + (seed % 9);
      const parts = Array.from(
        { length },
        (_, at) => groups[(seed * (at + 3) + (seed >> at)) % groups.length],
      );
      const address = parts.join(":");
      expect([address, MASTER.pattern.test(`[${address}]`)]).toEqual([address, isIPv6(address)]);
      count += Number(isIPv6(address));
    }
    for (const address of [
      "::",
      "::1",
      "1::",
      "1:2:3:4:5:6:7:8",
      "1::8",
      "1:2:3:4:5:6:7::",
      "::2:3:4:5:6:7:8",
    ])
      expect([address, MASTER.pattern.test(`[${address}]:6379`)]).toEqual([address, true]);
    expect(count).toBeGreaterThan(100);
  });

  test.each(["10.0.1.10", "10.0.1.10:1", "redis-b.example.com:65535", "[fd00::1]:7000"])(
    "may be %s",
    (text) => {
      expect(text).toMatch(MASTER.pattern);
    },
  );

  test.each([
    "10.0.1.10:0",
    "redis:65536",
    "redis:",
    "fd00::1",
    "[redis]:1",
    "[10.0.1.10]",
    "[fd00::1",
    "a b",
  ])("cannot be %s", (text) => {
    expect(text).not.toMatch(MASTER.pattern);
  });
});
