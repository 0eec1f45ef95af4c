import { ENGINES } from "../../../constructs/redis/redis-engine";
import { CHECKSUMS } from "../../../constructs/redis/server-checksums";
import { catalogued, DEFAULT_VERSIONS, releaseConstraints } from "../../../constructs/redis/server-release";
import { RELEASE, SHA256 } from "../../../constructs/validation/formats";

describe.each(ENGINES)("the catalogue of %s", (engine) => {
  const rows = Object.entries(CHECKSUMS[engine]);
  const numbers = rows.map(([version]) => version.split(".").map(Number));

  test("has the default release", () => {
    expect(catalogued(engine)).toEqual(catalogued(engine, DEFAULT_VERSIONS[engine]));
    expect(catalogued(engine)).toMatchObject({ version: DEFAULT_VERSIONS[engine] });
  });

  test("has releases with checksums, and no checksum twice", () => {
    for (const [version, sha256] of rows) {
      expect(version).toMatch(RELEASE.pattern);
      expect(sha256).toMatch(SHA256.pattern);
    }
    expect(new Set(rows.map(([, sha256]) => sha256)).size).toBe(rows.length);
  });

  test("is in the order of the versions", () => {
    const place = ([major = 0, minor = 0, patch = 0]: number[]) => (major * 1000 + minor) * 1000 + patch;
    expect(numbers).toEqual([...numbers].sort((a, b) => place(a) - place(b)));
  });

  test("has each minor release that is maintained", () => {
    const minors = {
      redis: ["6.2", "7.0", "7.2", "7.4", "8.0", "8.2", "8.4", "8.6", "8.8"],
      valkey: ["7.2", "8.0", "8.1", "9.0", "9.1"],
    };
    expect(numbers.map((parts) => parts.slice(0, 2).join("."))).toEqual(
      expect.arrayContaining(minors[engine]),
    );
  });

  test("downloads from the engine's own site by HTTPS", () => {
    const home = { redis: "https://download.redis.io/", valkey: "https://github.com/valkey-io/" };
    for (const [version] of rows)
      expect(catalogued(engine, version)?.url.slice(0, home[engine].length)).toBe(home[engine]);
  });
});

test("a word that every object has is no version", () => {
  expect(catalogued("redis", "constructor")).toBeUndefined();
});

test.each([
  ["beyond the newest release", "99.0.0", "8.4.5, 8.6.5 or 8.8.1"],
  ["before the oldest release", "1.0.0", "6.2.23, 7.0.15 or 7.2.15"],
  ["between two releases", "7.3.0", "7.0.15, 7.2.15 or 7.4.10"],
])("a version %s is refused with the releases next to it", (_, version, found) => {
  const [constraint] = releaseConstraints({ version });
  expect(constraint).toMatchObject({ holds: false, path: ["redis", "version"] });
  expect(constraint?.rule).toContain(`such as ${found}, unless`);
});
