import fc from "fast-check";
import { printable, printableLine } from "../../config/printable";

/** The Unicode categories of controls, direction changes and line separators. */
const UNSAFE = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;

const hostile = fc.string({
  unit: fc.oneof(
    fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    fc.integer({ min: 0, max: 0x9f }).map((code) => String.fromCharCode(code)),
  ),
  maxLength: 40,
});

test("only tabs and line feeds of a document remain of the control characters", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect(printable(text).replace(/[\t\n]/g, "")).not.toMatch(UNSAFE);
      expect(printableLine(text)).not.toMatch(UNSAFE);
    }),
  );
});

test("every control character is escaped", () => {
  const all = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));
  const kept = all.filter((character) => UNSAFE.test(character) && printable(character) === character);
  expect(kept).toEqual(["\t", "\n"]);
});

test("text without control characters is unchanged", () => {
  expect(printable("a → ü 漢\n\tb")).toBe("a → ü 漢\n\tb");
});

test.each([
  ["a\u001b[2Jb", "a\\u001b[2Jb"],
  ["a\u009bb", "a\\u009bb"],
  ["a\r\nb", "a\\u000d⏎b"],
  ["\u202eabc", "\\u202eabc"],
])("%j is printed as %s", (text, printed) => {
  expect(printableLine(text)).toBe(printed);
});
