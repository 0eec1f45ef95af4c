import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./support/folder";

/** A phrase that is not used in this repository, and its replacement. */
interface Phrase {
  readonly pattern: RegExp;
  readonly instead: string;
}

const LIST = "__tests__/phrases.tsv";

/** Recorded files, and files of other programs. */
const NOT_OURS = /\/recorded\/|^__tests__\/upgrade\/\d|^LICENSE$|^packaging\/licenses\/|^package-lock\.json$/;

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** A line of the list: a phrase, or a regular expression between slashes. A phrase may continue on the next line. */
function phrase(line: string): Phrase {
  const [text = "", instead = ""] = line.split("\t");
  const source = /^\/(.*)\/$/.exec(text)?.[1] ?? `\\b${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\b`;
  return { pattern: new RegExp(source.replaceAll(" ", "[\\s#*/>]+"), "gi"), instead };
}

function phrases(): Phrase[] {
  return read(LIST).trimEnd().split("\n").slice(1).map(phrase);
}

/** Each use of a phrase, as FILE:LINE: the words, and their replacement. */
function found(file: string, text: string, list: readonly Phrase[]): string[] {
  return list.flatMap(({ pattern, instead }) =>
    [...text.matchAll(pattern)].map(({ 0: words, index }) => {
      const line = text.slice(0, index).split("\n").length;
      return `${file}:${line}: "${words.replace(/\s+/g, " ")}"; write: ${instead}`;
    }),
  );
}

function tracked(): string[] {
  const files = execFileSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8" }).split("\0");
  return files.filter((file) => file !== "" && file !== LIST && !NOT_OURS.test(file));
}

test("every phrase in the list has a replacement, and is listed once", () => {
  const list = phrases();
  expect(list.length).toBeGreaterThan(30);
  expect(list.filter(({ instead }) => instead === "")).toEqual([]);
  expect(new Set(list.map(({ pattern }) => pattern.source)).size).toBe(list.length);
});

test.each([
  ["at the beginning of a sentence", "Apples are red"],
  ["in the middle of a sentence", "if apples are red"],
  ["over the end of a line", "a pear\n# tree"],
])("a phrase is found %s", (_, text) => {
  expect(found("a.md", text, [phrase("apples\tfruits"), phrase("pear tree\ttree")])).toHaveLength(1);
});

test("a phrase is not found within a word", () => {
  expect(found("a.md", "a pear treetop", [phrase("pear tree\ttree")])).toEqual([]);
});

test("no phrase of the list is in tracked text", () => {
  const list = phrases();
  const files = tracked();
  expect(files).toEqual(
    expect.arrayContaining(["README.md", "docs/instance.md", "templates/user-data.sh.hbs"]),
  );
  expect(files.flatMap((file) => found(file, read(file), list))).toEqual([]);
});
