import { chmodSync, linkSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { differs, readIfThere, writeAtomically } from "../../cli/atomic";
import { file, temporaryFolder } from "../config/example";

const folder = temporaryFolder();

test("a reader that holds the old file keeps the old text", () => {
  const path = file(folder, "a", "old");
  linkSync(path, join(folder, "a-held"));
  expect(writeAtomically(path, "new")).toBe(true);
  expect([readFileSync(path, "utf8"), readIfThere(join(folder, "a-held"))]).toEqual(["new", "old"]);
});

test("equal bytes are not written, another mode is", () => {
  const path = file(folder, "b", "same");
  chmodSync(path, 0o644);
  expect(writeAtomically(path, "same")).toBe(false);
  expect(writeAtomically(path, "same", 0o755)).toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o755);
});

test("a file differs by its text, or by not being there", () => {
  const path = file(folder, "d", "text");
  expect([differs(path, "text"), differs(path, "other"), differs(join(folder, "none"), "")]).toEqual([
    false,
    true,
    true,
  ]);
});

test("a failure leaves nothing behind", () => {
  const blocked = join(folder, "c");
  mkdirSync(join(blocked, "child"), { recursive: true });
  const before = readdirSync(folder);
  expect(() => writeAtomically(blocked, "text")).toThrow(/EISDIR/);
  expect(readdirSync(folder)).toEqual(before);
});

test("there is no text in a file that is not there", () => {
  expect(readIfThere(join(folder, "none"))).toBeUndefined();
  expect(readIfThere(join(folder, "a", "below"))).toBeUndefined();
});
