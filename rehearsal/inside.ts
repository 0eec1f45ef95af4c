import { readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** Names the work directory to everything that runs in an enclosure. */
export const variable = "REHEARSAL_ENCLOSURE";

/** Whether this process runs in an enclosure; the variable alone does not make it so. */
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

/** The enclosure's directory for everything that is written; removed when the enclosure ends. */
export function workDirectory(): string {
  if (!insideEnclosure()) {
    throw new Error("this runs inside an enclosure only: tsx rehearsal/enclosure.ts -- COMMAND");
  }
  return process.env[variable] ?? "";
}
