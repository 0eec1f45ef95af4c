import { readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** The environment variable with the work directory of the enclosure. */
export const variable = "REHEARSAL_ENCLOSURE";

/** Whether this process runs in an enclosure. The variable alone is not sufficient. */
export function insideEnclosure(): boolean {
  const work = process.env[variable];
  if (!work) return false;
  try {
    const own = ["net", "mnt"].map((kind) => readlinkSync(`/proc/self/ns/${kind}`)).join("\n");
    return readFileSync(join(work, "namespaces"), "utf8").trim() === own;
  } catch {
    return false;
  }
}

/** The directory for all files that are written in the enclosure. It is removed when the enclosure ends. */
export function workDirectory(): string {
  if (!insideEnclosure()) {
    throw new Error("this runs inside an enclosure only: tsx rehearsal/enclosure.ts -- COMMAND");
  }
  return process.env[variable] ?? "";
}
