import fc from "fast-check";
import { readFileSync } from "node:fs";
import { parse as parseYaml } from "yaml";
import { render, styled, wrap } from "../../cli/terminal";
import { exampleText } from "../config/example";
import { file, temporaryFolder } from "../support/folder";
import { recordedFile } from "./plan/scenarios";
import { run, runOn } from "./run";

const folder = temporaryFolder();

/* eslint-disable no-control-regex -- these patterns match control characters */
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;
const STYLE = /\u001b\[\d+m/g;
/* eslint-enable no-control-regex */

/** Text with many characters that control a terminal. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.integer({ min: 0, max: 0x9f }).map((code) => String.fromCharCode(code)),
    fc.constantFrom("\u001b[2J", "\u009b31m", "\u202e", "\u2066", "a", " "),
  ),
  maxLength: 40,
});

test("a rendered line has no control characters but those of its styles", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect(render(["a", styled("bold", text)], false)).not.toMatch(CONTROL);
      expect(render([styled("bold", text)], true).replace(STYLE, "")).not.toMatch(CONTROL);
    }),
  );
});

test("lines break between words, and begin with their indent", () => {
  expect(wrap("one two three four", 12, "- ", "  ")).toEqual(["- one two", "  three four"]);
  expect(wrap("", 10, "- ")).toEqual(["- "]);
});

test("a word longer than the width stays whole", () => {
  expect(wrap("a abcdefghijkl b", 6, "")).toEqual(["a", "abcdefghijkl", "b"]);
});

test("wrapped lines keep to the width and hold the same words", () => {
  const word = fc.stringMatching(/^[a-z]{1,12}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 16, max: 100 }), (words, width) => {
      const lines = wrap(words.join(" "), width, "  ");
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      expect(lines.map((line) => line.slice(2)).join(" ")).toBe(words.join(" "));
    }),
  );
});

/** Texts that a config may hold in places that are printed. */
function config(text: string): Record<string, unknown> {
  return {
    description: `d${text.slice(0, 200)}d`,
    tags: { [`k${text.slice(0, 100)}`]: text.slice(0, 200) },
    keyPair: `k${text}k`,
    placementGroups: { "us-west-2a": text },
    redis: { directives: { hz: text } },
    review: { ignore: [{ rule: text, reason: text }] },
    dataVolume: { size: text },
    [text]: text,
  };
}

describe.each([
  ["a pipe", {}],
  ["a terminal", { isTTY: true, columns: 80 }],
])("on %s", (_, terminal) => {
  const safe = (text: string): void => expect(text.replace(STYLE, "")).not.toMatch(CONTROL);

  test.each(["review", "policy", "synth"])("`%s` escapes what a config holds", async (command) => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const all = config(text);
        for (const key of Object.keys(all)) {
          const path = file(folder, "c.json", jsonOf({ [key]: all[key] }));
          const ended = await runOn(
            terminal,
            command,
            "-c",
            path,
            ...(command === "synth" ? ["--check"] : []),
          );
          safe(ended.stdout);
          safe(ended.stderr);
        }
      }),
      { numRuns: 4 },
    );
  });

  test("`plan` escapes what a plan holds", async () => {
    const recorded = readFileSync(recordedFile("user-data"), "utf8");
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        // In every text of the plan but those that it is read by.
        const plan: unknown = JSON.parse(recorded, (key, value: unknown) =>
          typeof value === "string" &&
          !/^(format_version|type|mode|user_data)$/.test(key) &&
          !/^[a-z-]+$/.test(value)
            ? `${value}${text}`
            : value,
        );
        const ended = await runOn(terminal, "plan", file(folder, "p.json", JSON.stringify(plan)));
        safe(ended.stdout);
        safe(ended.stderr);
        expect(ended.stdout).not.toBe("");
      }),
      { numRuns: 20 },
    );
  });
});

function jsonOf(changes: Record<string, unknown>): string {
  return JSON.stringify(parseYaml(exampleText(changes)));
}

test("`render` prints the script unchanged to a pipe, and escaped to a terminal", async () => {
  const path = file(folder, "r.yaml", exampleText({ bootScript: { before: "printf '\u001b[1m'\n" } }));
  expect((await run("render", "-c", path)).stdout).toContain("printf '\u001b[1m'");
  expect((await runOn({ isTTY: true }, "render", "-c", path)).stdout).toContain("printf '\\u001b[1m'");
});

test("a wrong command line is printed without its control characters", async () => {
  const { exit, stderr } = await run("review", "--\u001b[2J");
  expect(exit).toBe(1);
  expect(stderr).toContain("--\\u001b[2J");
});
