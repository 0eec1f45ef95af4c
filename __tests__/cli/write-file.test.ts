import { chmodSync, linkSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { differs, readIfThere, requireWritable, writeFile } from "../../cli/write-file";
import { file, temporaryFolder } from "../support/folder";

const folder = temporaryFolder();

test("a reader with the old file open keeps the old text", () => {
  const path = file(folder, "a", "old");
  linkSync(path, join(folder, "a-held"));
  expect(writeFile(path, "new")).toBe(true);
  expect([readFileSync(path, "utf8"), readIfThere(join(folder, "a-held"))]).toEqual(["new", "old"]);
});

test("equal bytes are not written again, and a different mode is set", () => {
  const path = file(folder, "b", "same");
  chmodSync(path, 0o644);
  expect(writeFile(path, "same")).toBe(false);
  expect(writeFile(path, "same", 0o755)).toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o755);
});

test("a file with other text and a missing file differ", () => {
  const path = file(folder, "d", "text");
  expect([differs(path, "text"), differs(path, "other"), differs(join(folder, "none"), "")]).toEqual([
    false,
    true,
    true,
  ]);
});

test("a failed write leaves no temporary file", () => {
  const blocked = join(folder, "c");
  mkdirSync(join(blocked, "child"), { recursive: true });
  const before = readdirSync(folder);
  expect(() => writeFile(blocked, "text")).toThrow(/EISDIR/);
  expect(readdirSync(folder)).toEqual(before);
});

test("a missing file has no text", () => {
  expect(readIfThere(join(folder, "none"))).toBeUndefined();
  expect(readIfThere(join(folder, "a", "below"))).toBeUndefined();
});

test("a file that cannot be written is named before the work begins, and nothing is left behind", () => {
  const place = join(folder, "e", "report.html");
  requireWritable(place);
  expect(readdirSync(join(folder, "e"))).toEqual([]);
  expect(() => requireWritable(folder)).toThrow(
    `${folder}: the file cannot be read: it is a directory (EISDIR)`,
  );
  const below = join(file(folder, "f", ""), "report.html");
  expect(() => requireWritable(below)).toThrow(`${below}: the file cannot be written: `);
});
