import { RedisInstall } from "../../../constructs";

const release = { version: "7.0.15", url: "https://example.com/redis-7.0.15.tar.gz", sha256: "a".repeat(64) };

test("the default source is a pinned release with its checksum", () => {
  const { method, release: pinned } = RedisInstall.source();
  expect(method).toBe("source");
  expect(pinned?.url).toContain(pinned?.version);
  expect(pinned?.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test.each([
  [
    "a version that is not a release",
    { version: "stable" },
    '`redis.version` must be a release such as 7.2.15, got: "stable"',
  ],
  [
    "a URL of something else",
    { url: "https://example.com/redis.zip" },
    "`redis.url` must be the URL of a .tar.gz",
  ],
  ["a short checksum", { sha256: "abc" }, "`redis.sha256` must be 64 digits of lower-case hex"],
])("refuses %s", (_name, changed, message) => {
  expect(() => RedisInstall.source({ ...release, ...changed })).toThrow(message);
});

test("a package can have a name, and an empty name is refused", () => {
  expect(RedisInstall.package("redis6").packageName).toBe("redis6");
  expect(RedisInstall.package().packageName).toBeUndefined();
  expect(() => RedisInstall.package("")).toThrow("`redis.package` must be the name of a package");
});
