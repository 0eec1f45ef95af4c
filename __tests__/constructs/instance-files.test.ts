import { serialize } from "node:v8";
import { instanceFiles } from "../../constructs/instance-files";

test("a file takes one byte for each letter in memory, whatever the comments that it loses are made of", () => {
  // What V8 writes down for a text is its length and its letters as they are in memory.
  const wide = instanceFiles("inline/instance").filter(
    ({ content }) => serialize(content).length > content.length + 16,
  );
  expect(wide.map(({ path }) => path)).toEqual([]);
});
