import { stableJson } from "../../cli/stable-json";

test("keys are sorted", () => {
  expect(stableJson({ b: 1, a: "two", "9": null, "10": true })).toBe(
    '{\n  "10": true,\n  "9": null,\n  "a": "two",\n  "b": 1\n}',
  );
});

test("an empty object or list takes two lines with its indent", () => {
  expect(stableJson({ s3: {}, tags: [] })).toBe('{\n  "s3": {\n  },\n  "tags": [\n  ]\n}');
});

test("lists keep their order", () => {
  expect(stableJson([{ b: [2, 1] }, "a\n"])).toBe(
    '[\n  {\n    "b": [\n      2,\n      1\n    ]\n  },\n  "a\\n"\n]',
  );
});

test("a list of texts is indented like any other", () => {
  expect(stableJson({ lines: ["a\nb", '"c"'] })).toBe('{\n  "lines": [\n    "a\\nb",\n    "\\"c\\""\n  ]\n}');
});
