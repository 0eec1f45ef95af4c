import { Token } from "cdktf";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { validateSize, USER_DATA_LIMIT } from "../../../constructs/elastigroup/user-data";

/** A text that gzip hardly compresses, the same in each run. */
function noise(length: number): string {
  let text = "";
  for (let part = 0; text.length < length; part++)
    text += createHash("sha512").update(String(part)).digest("base64");
  return text.slice(0, length);
}

/** A script with one setting in its middle, like the scripts of an app's groups. */
function script(setting: string): string {
  return `#!/bin/sh\n${noise(10_000)}\n${setting}\n${"same line\n".repeat(2_000)}${noise(9_000)}`;
}

test.each([
  ["fits", 0],
  ["fits, with another setting", 900],
  ["is too large by its setting", 9_000],
  ["is large, and fits", 1_800],
])("a script that %s is measured exactly, independent of earlier scripts", (_, length) => {
  const text = script(noise(12_000).slice(12_000 - length));
  const size = gzipSync(text, { level: 6 }).length;
  const expected =
    size <= USER_DATA_LIMIT
      ? []
      : [expect.objectContaining({ rule: `be at most ${USER_DATA_LIMIT} bytes after gzip`, got: size })];
  for (const before of [script(""), script("other"), script(noise(9_000)), "#!/bin/sh\n", text]) {
    validateSize(before);
    expect(validateSize(text)).toEqual(expected);
  }
});

test("a script that is small enough uncompressed is not compressed for its check", () => {
  expect(validateSize(`#!/bin/sh\n${noise(USER_DATA_LIMIT - 10)}`)).toEqual([]);
});

test("a script above the limit is checked by its compressed size", () => {
  expect(validateSize(`#!/bin/sh\n${"same line\n".repeat(20_000)}`)).toEqual([]);
  expect(validateSize(`#!/bin/sh\n${noise(30_000)}`)).toEqual([
    expect.objectContaining({ message: expect.stringMatching(/got: 2\d{4}/) }),
  ]);
});

test("a script with tokens is measured by Terraform", () => {
  expect(validateSize(`#!/bin/sh\n${Token.asString({ resolve: () => "x" })}${noise(30_000)}`)).toEqual([]);
});
