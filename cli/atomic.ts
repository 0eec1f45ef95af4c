import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a file in one step, and only where its bytes or its mode differ: readers see the old or the new
 * text, and modification times tell the truth. Returns whether it was written.
 */
export function writeAtomically(file: string, content: string | Uint8Array, mode?: number): boolean {
  if (!differs(file, content) && (mode === undefined || (statSync(file).mode & 0o777) === mode)) return false;
  mkdirSync(dirname(file), { recursive: true });
  // In the same folder, for a rename across file systems is a copy.
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    // The encoding is the default, and said, Node goes without a buffer and three more calls.
    writeFileSync(temporary, content, { encoding: "utf8", flag: "wx" });
    // Not at creation: there the umask would have its say.
    if (mode !== undefined) chmodSync(temporary, mode);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  return true;
}

/** Whether a file holds something else, or is not there. */
export function differs(file: string, content: string | Uint8Array): boolean {
  if (typeof content === "string") return readIfThere(file) !== content;
  return ifThere(() => readFileSync(file))?.equals(content) !== true;
}

/** A file's text, or nothing where there is no such file. */
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
