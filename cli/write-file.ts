import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a file atomically, and only if its bytes or mode differ, so that an unchanged file keeps its modification time.
 * Returns whether it was written.
 */
export function writeFile(file: string, content: string | Uint8Array, mode?: number): boolean {
  if (!differs(file, content) && (mode === undefined || (statSync(file).mode & 0o777) === mode)) return false;
  mkdirSync(dirname(file), { recursive: true });
  // In the same folder, since a rename across file systems is a copy.
  const temporary = `${file}.${process.pid}.tmp`;
  // Left behind by a process that was killed: in a container, each one has the same ID.
  rmSync(temporary, { force: true });
  try {
    // With the encoding set, Node saves a buffer and three system calls.
    writeFileSync(temporary, content, { encoding: "utf8", flag: "wx" });
    // Not at creation, where the umask applies.
    if (mode !== undefined) chmodSync(temporary, mode);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  return true;
}

/** Whether a file has other content, or is missing. */
export function differs(file: string, content: string | Uint8Array): boolean {
  if (typeof content === "string") return readIfThere(file) !== content;
  return ifThere(() => readFileSync(file))?.equals(content) !== true;
}

/** The text of a file, or undefined if it is missing. */
export function readIfThere(file: string): string | undefined {
  return ifThere(() => readFileSync(file, "utf8"));
}

function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
