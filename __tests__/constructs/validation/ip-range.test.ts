import { isRange } from "../../../constructs/validation/ip-range";

test.each([
  "10.0.0.0/16",
  "10.0.1.10/32",
  "0.0.0.0/0",
  "128.0.0.0/1",
  "10.128.0.0/9",
  "2001:db8::/32",
  "::/0",
  "2001:db8::1/128",
  "fd00:0:0:8000::/49",
  "::ffff:10.0.0.0/104",
])("%s is a range", (text) => expect(isRange(text)).toBe(true));

test.each([
  ["an address without a prefix", "10.0.0.0"],
  ["a host bit", "10.0.0.1/16"],
  ["a host bit just behind the prefix", "10.128.0.0/8"],
  ["a prefix too long", "10.0.0.0/33"],
  ["a prefix too long for IPv6", "2001:db8::/129"],
  ["a prefix with a leading zero", "10.0.0.0/08"],
  ["a prefix that is not a number", "10.0.0.0/x"],
  ["no address", "/16"],
  ["three numbers", "10.0.0/16"],
  ["a number too large", "10.0.256.0/24"],
  ["a host bit of IPv6", "2001:db8::1/64"],
  ["a host bit of embedded IPv4", "::ffff:10.0.0.1/104"],
  ["a name", "redis.internal/16"],
  ["two prefixes", "10.0.0.0/16/16"],
  ["a blank", " 10.0.0.0/16"],
  ["nothing", ""],
])("%s is none", (_, text) => expect(isRange(text)).toBe(false));
