import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfigs } from "../../config/load";
import { ConfigError } from "../../config/problem";
import { example, exampleText } from "./example";
import { problemsOf } from "./messages";
import { file, temporaryFolder } from "../support/folder";

const folder = temporaryFolder();

function failure(...files: string[]): string[] {
  try {
    loadConfigs(files);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.message.split("\n").map((line) => line.replace(`${folder}/`, ""));
    throw error;
  }
  return [];
}

test("YAML and JSON have the same result", () => {
  const yaml = file(folder, "a.yaml", exampleText());
  const json = file(folder, "b.json", JSON.stringify(example({ name: "b" }), undefined, "\t"));
  const [first, second] = loadConfigs([yaml, json]);
  expect(second!.config).toEqual({ ...first!.config, name: "b" });
});

test("a `$schema` key for editors is allowed", () => {
  expect(problemsOf(JSON.stringify(example({ $schema: "./x.json" })), "c.json")).toEqual([]);
});

test("a byte order mark and Windows line ends are allowed", () => {
  const path = file(folder, "bom.yaml", `\uFEFF${exampleText().replaceAll("\n", "\r\n")}`);
  expect(failure(path)).toEqual([]);
});

test("a value of an alias is read, and a mistake in it is reported at the anchor", () => {
  const text =
    exampleText({ masters: undefined, keyPair: undefined }) + "masters: &m [10.0.0.1:0]\nkeyPair: *m\n";
  const lines = text.trimEnd().split("\n").length;
  expect(problemsOf(text).map(({ at }) => at?.line)).toEqual([lines - 1, lines]);
});

test.each([
  [
    "an alias without an anchor",
    "keyPair: *none",
    "9:10: `*none` must refer to an anchor above it, such as `&none`",
  ],
  ["a circular alias", "a: &a [*a]", ": aliases must not be circular or expand to thousands of"],
  [
    "a second document",
    "---\nname: b",
    "9:1: the file must have one document; put the document that begins here into",
  ],
  ["a set", "tags: !!set { a }", "9:7: not well-formed: unresolved tag: tag:yaml.org,2002:set"],
])("%s is reported in one line", (_, line, message) => {
  const text = `name: a\n# 2\n# 3\n# 4\n# 5\n# 6\n# 7\n# 8\n${line}\n`;
  const [found, ...more] = failure(file(folder, "odd.yaml", text));
  expect(more).toEqual([]);
  expect(found).toMatch(/^odd\.yaml:/);
  expect(found).toContain(message);
});

test("a file that is not UTF-8 is refused", () => {
  const path = join(folder, "latin1.yaml");
  writeFileSync(path, Buffer.from(`${exampleText()}description: gr\u00fcn\n`, "latin1"));
  expect(failure(path)).toEqual(["latin1.yaml: the file must be text in UTF-8"]);
});

test("a file that is missing, or a folder, is one line without a position", () => {
  expect(failure(`${folder}/none.yaml`)).toEqual([
    "none.yaml: there is no such file; name another with --config",
  ]);
  expect(failure(folder)).toEqual([`${folder}: this is a directory; name the file in it with --config`]);
});

test("JSON is strict: syntax that only YAML allows is refused at its position", () => {
  expect(problemsOf('{\n\t"name": "x",\n}', "c.json")[0]).toMatchObject({
    at: { line: 3, column: 1 },
    message: expect.stringMatching(/^not well-formed JSON: /) as string,
  });
});

test("two files with the same name in any case are a problem of the second file", () => {
  const a = file(folder, "one.yaml", exampleText());
  const b = file(folder, "two.yaml", exampleText({ name: "Redis-Replicas" }));
  expect(failure(a, b)).toEqual([
    expect.stringMatching(
      /^two\.yaml:1:7: `name` must be unique .*one\.yaml uses it too, got: "Redis-Replicas"$/,
    ),
  ]);
});

test("the mistakes of all files are reported at once", () => {
  const a = file(folder, "bad1.yaml", exampleText({ replicas: 0 }));
  const b = file(folder, "bad2.yaml", exampleText({ region: "mars" }));
  const lines = failure(a, b);
  expect(lines.map((line) => line.split(":")[0])).toEqual(["bad1.yaml", "bad2.yaml"]);
});
