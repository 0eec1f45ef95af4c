import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CHECKSUMS_FILE, checksumsModule, withNewest } from "../../config/release-list";
import { CHECKSUMS } from "../../constructs/redis/server-checksums";
import { ROOT } from "../support/folder";

const none = { redis: {}, valkey: {} };
const sum = (digit: string) => digit.repeat(64);
const redis = (version: string, sha256 = sum("1")) =>
  `redis-${version}.tar.gz ${sha256} http://download.redis.io/releases/redis-${version}.tar.gz`;
const valkey = (version: string, sha256 = sum("2")) =>
  `valkey-${version}.tar.gz ${sha256} https://github.com/valkey-io/valkey/archive/refs/tags/${version}.tar.gz`;

const versions = (...lines: string[]) =>
  Object.values(withNewest(none, [lines.join("\n")])).flatMap((each) => Object.keys(each));

test("the catalogue is as its generator writes it", () => {
  expect(readFileSync(join(ROOT, CHECKSUMS_FILE), "utf8")).toBe(checksumsModule(CHECKSUMS));
});

test("the newest patch of each minor release is taken, by number", () => {
  expect(versions(redis("7.2.9"), redis("7.2.15"), redis("7.2.10"), redis("6.2.1"))).toEqual([
    "6.2.1",
    "7.2.15",
  ]);
});

test("both engines are found in any order of lists and lines", () => {
  const expected = { redis: { "7.10.0": sum("1"), "7.9.0": sum("1") }, valkey: { "9.0.0": sum("2") } };
  const lists = [redis("7.10.0"), redis("7.9.0"), valkey("9.0.0")];
  expect(withNewest(none, lists)).toEqual(expected);
  expect(checksumsModule(withNewest(none, [...lists].reverse()))).toBe(
    checksumsModule(withNewest(none, [lists.join("\r\n")])),
  );
});

test.each([
  ["a release candidate", redis("7.2-rc1")],
  ["a release candidate with all three numbers", valkey("9.0.0-rc3")],
  ["a milestone", redis("8.0-m02")],
  ["what is under development", redis("unstable", sum("0"))],
  ["a release before the catalogue's first", redis("6.0.20")],
  ["a checksum of another kind", redis("7.2.0", "a".repeat(40))],
  ["any other text", "# README"],
])("%s is left out", (_, line) => {
  expect(versions(line)).toEqual([]);
});

test("lines of the public lists are read as they are", () => {
  const line = redis("8.0.0").replace(".tar.gz ", ".tar.gz sha256 ");
  expect(withNewest(none, [`hash ${line}`]).redis).toEqual({ "8.0.0": sum("1") });
});

test("of two lines for one release, the later one is taken", () => {
  expect(withNewest(none, [redis("8.0.2", sum("3")), redis("8.0.2", sum("4"))]).redis).toEqual({
    "8.0.2": sum("4"),
  });
});

test("a release that was in the catalogue stays, so that configs that name it stay valid", () => {
  const known = { redis: { "7.2.4": sum("5") }, valkey: {} };
  expect(withNewest(known, [redis("7.2.5")]).redis).toEqual({ "7.2.4": sum("5"), "7.2.5": sum("1") });
  expect(withNewest(CHECKSUMS, [])).toEqual(CHECKSUMS);
});

test("a release at another place than the others is refused", () => {
  const line = redis("7.2.5").replace("download.redis.io", "example.com");
  expect(() => withNewest(none, [line])).toThrow(
    "redis 7.2.5 must be at https://download.redis.io/releases/redis-7.2.5.tar.gz, got: http://example.com/releases/redis-7.2.5.tar.gz",
  );
});
