import { join } from "node:path";
import { type Recording, readRecording } from "./record";

/** The recordings that are checked in: that of the page, and a second run if there is one. */
export function recorded(): { readonly first: Recording; readonly second?: Recording } {
  const [first, second] = ["first", "second"].map((name) => {
    return readRecording(join(__dirname, "recorded", `${name}.json`));
  });
  if (first === undefined) throw new Error("bench/recorded/first.json is not found");
  return { first, second };
}
