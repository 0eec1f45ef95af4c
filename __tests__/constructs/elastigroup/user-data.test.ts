import { Token } from "cdktf";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { validateSize, USER_DATA_LIMIT } from "../../../constructs/elastigroup/user-data";

/** A text that gzip makes little of, always the same. */
function noise(length: number): string {
  let text = "";
  for (let part = 0; text.length < length; part++)
    text += createHash("sha512").update(String(part)).digest("base64");
  return text.slice(0, length);
}

/** A script with one setting at its middle, as those of an app's groups are. */
function script(setting: string): string {
  return `#!/bin/sh\n${noise(10_000)}\n${setting}\n${"same line\n".repeat(2_000)}${noise(9_000)}`;
}

test.each([
  ["fits", 0],
  ["fits, with another setting", 900],
  ["is too large by its setting", 9_000],
  ["is large, and fits", 1_800],
])("a script that %s is what gzip says, whichever was measured before it", (_, length) => {
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

test("a script that fits as it is needs no compression", () => {
  expect(validateSize(`#!/bin/sh\n${noise(USER_DATA_LIMIT - 10)}`)).toEqual([]);
});

test("a script of more than the limit is refused by what compression leaves of it", () => {
  expect(validateSize(`#!/bin/sh\n${"same line\n".repeat(20_000)}`)).toEqual([]);
  expect(validateSize(`#!/bin/sh\n${noise(30_000)}`)).toEqual([
    expect.objectContaining({ message: expect.stringMatching(/got: 2\d{4}/) }),
  ]);
});

test("a script that holds tokens is left to Terraform", () => {
  expect(validateSize(`#!/bin/sh\n${Token.asString({ resolve: () => "x" })}${noise(30_000)}`)).toEqual([]);
});
