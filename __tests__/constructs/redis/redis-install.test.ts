import { BootScript, RedisEngine, RedisInstall } from "../../../constructs";

const masters = ["10.0.1.10"];

const release = { version: "7.0.15", url: "https://example.com/redis-7.0.15.tar.gz", sha256: "a".repeat(64) };

test.each([
  ["the default source", {}, "https://download.redis.io/releases/redis-7.2.15.tar.gz"],
  [
    "a version of the catalogue",
    { install: RedisInstall.fromSource({ version: "8.8.1" }) },
    "https://download.redis.io/releases/redis-8.8.1.tar.gz",
  ],
  [
    "the default source of Valkey",
    { engine: RedisEngine.VALKEY },
    "https://github.com/valkey-io/valkey/archive/refs/tags/8.1.9.tar.gz",
  ],
  [
    "a version of Valkey",
    { engine: RedisEngine.VALKEY, install: RedisInstall.fromSource({ version: "9.0.5" }) },
    "https://github.com/valkey-io/valkey/archive/refs/tags/9.0.5.tar.gz",
  ],
])("%s is a pinned release with its checksum", (_name, redis, url) => {
  const { settings } = new BootScript({ masters, redis });
  expect(settings["INSTALL"]).toBe("source");
  expect(settings["URL"]).toBe(url);
  expect(settings["URL"]).toContain(settings["VERSION"]);
  expect(settings["SHA256"]).toMatch(/^[0-9a-f]{64}$/);
});

test("a release with a URL and a checksum of its own is taken as it is", () => {
  const { settings } = new BootScript({ masters, redis: { install: RedisInstall.fromSource(release) } });
  expect(settings).toMatchObject({ VERSION: release.version, URL: release.url, SHA256: release.sha256 });
});

test("the settings name an engine other than Redis only", () => {
  const settings = (engine?: RedisEngine) => new BootScript({ masters, redis: { engine } }).settings;
  expect(settings(RedisEngine.VALKEY)).toHaveProperty("ENGINE", "valkey");
  expect(settings(RedisEngine.REDIS)).toEqual(settings());
  expect(settings()).not.toHaveProperty("ENGINE");
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
  expect(() => RedisInstall.fromSource({ ...release, ...changed })).toThrow(message);
});

test("a package can have a name, and an empty name is refused", () => {
  expect(RedisInstall.fromPackage("redis6").packageName).toBe("redis6");
  expect(RedisInstall.fromPackage().packageName).toBeUndefined();
  expect(() => RedisInstall.fromPackage("")).toThrow("`redis.package` must be the name of a package");
});
