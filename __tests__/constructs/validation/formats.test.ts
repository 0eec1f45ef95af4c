import { isIPv6 } from "node:net";
import { MASTER } from "../../../constructs/validation/formats";

describe("a master", () => {
  const groups = ["1", "fd00", "0", "ABCD", "12345", "g", ""];

  test("has an IPv6 address exactly as Node knows them, but for one that ends as IPv4", () => {
    const addresses = Array.from({ length: 20_000 }, (_, seed) =>
      Array.from(
        { length: 1 + (seed % 9) },
        (_, at) => groups[(seed * (at + 3) + (seed >> at)) % groups.length],
      ).join(":"),
    );
    expect(addresses.filter((each) => MASTER.pattern.test(`[${each}]`) !== isIPv6(each))).toEqual([]);
    expect(addresses.filter((each) => isIPv6(each)).length).toBeGreaterThan(100);
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
