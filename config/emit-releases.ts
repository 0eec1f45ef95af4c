import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHECKSUMS } from "../constructs/redis/server-checksums";
import { CHECKSUMS_FILE, checksumsModule, withNewest } from "./release-list";

// `npm run releases -- LIST...`: adds the newest releases of the public lists of checksums, given as files or URLs, to
// the catalogue. Nothing is written where one cannot be read.
async function read(list: string): Promise<string> {
  if (!/^https?:/.test(list)) return readFileSync(list, "utf8");
  const answer = await fetch(list);
  if (!answer.ok) throw new Error(`${list}: ${answer.status} ${answer.statusText}`);
  return answer.text();
}

async function emit(lists: readonly string[]): Promise<void> {
  if (lists.length === 0)
    throw new Error("give the lists of checksums of Redis and Valkey, as files or URLs");
  const texts = await Promise.all(lists.map(read));
  writeFileSync(join(__dirname, "..", CHECKSUMS_FILE), checksumsModule(withNewest(CHECKSUMS, texts)));
}

emit(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
