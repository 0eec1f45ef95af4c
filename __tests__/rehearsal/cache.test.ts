import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheDirectory, cached, keyOf } from "../../rehearsal/cache";

describe("cached", () => {
  const before = process.env["XDG_CACHE_HOME"];

  beforeEach(() => (process.env["XDG_CACHE_HOME"] = mkdtempSync(join(tmpdir(), "cache-"))));
  afterEach(() => {
    rmSync(process.env["XDG_CACHE_HOME"] ?? "", { recursive: true });
    if (before === undefined) delete process.env["XDG_CACHE_HOME"];
    else process.env["XDG_CACHE_HOME"] = before;
  });

  const make = (directory: string) => Promise.resolve(writeFileSync(join(directory, "made"), ""));

  it("builds a directory once", async () => {
    const first = await cached("thing", make);
    const second = await cached("thing", () => Promise.reject(new Error("made again")));
    expect(second).toBe(first);
    expect(existsSync(join(first, "made"))).toBe(true);
  });

  it("removes the files of a failed build", async () => {
    await expect(cached("thing", () => Promise.reject(new Error("no registry")))).rejects.toThrow(
      "no registry",
    );
    expect(readdirSync(cacheDirectory())).toEqual([]);
  });

  it("returns the same directory for two concurrent builds", async () => {
    const [first, second] = await Promise.all([cached("thing", make), cached("thing", make)]);
    expect(first).toBe(second);
    expect(readdirSync(cacheDirectory())).toEqual(["thing"]);
  });
});

describe("keyOf", () => {
  it("changes with any part of the recipe", () => {
    expect(keyOf(["a"], { b: "c" })).not.toBe(keyOf(["a"], { b: "d" }));
    expect(keyOf(["a"])).toBe(keyOf(["a"]));
  });
});
