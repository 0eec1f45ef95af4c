import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ConfigError } from "../config/problem";

/**
 * Writes a file atomically, and only if its bytes or mode differ, so that an unchanged file keeps its modification time.
 * Returns whether it was written. Throws a `ConfigError` that names the file.
 */
export function writeFile(file: string, content: string | Uint8Array, mode?: number): boolean {
  if (!differs(file, content) && (mode === undefined || (statSync(file).mode & 0o777) === mode)) return false;
  replace(file, (temporary) => {
    // With the encoding set, Node saves a buffer and three system calls.
    writeFileSync(temporary, content, { encoding: "utf8", flag: "wx" });
    // Not at creation, where the umask applies.
    if (mode !== undefined) chmodSync(temporary, mode);
    renameSync(temporary, file);
  });
  return true;
}

/** Throws a `ConfigError` if a file cannot be written, so that what takes long does not begin for nothing. */
export function requireWritable(file: string): void {
  // A directory cannot be read.
  readIfThere(file);
  replace(file, (temporary) => {
    writeFileSync(temporary, "", { flag: "wx" });
    rmSync(temporary);
  });
}

/** Runs work on a temporary file in the same folder, since a rename across file systems is a copy. Leaves none of it. */
function replace(file: string, work: (temporary: string) => void): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    // Left behind by a process that was killed: in a container, each one has the same ID.
    rmSync(temporary, { force: true });
    try {
      work(temporary);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  } catch (error) {
    throw failure(file, "written", error);
  }
}

/** Whether a file has other content, or is missing. */
export function differs(file: string, content: string | Uint8Array): boolean {
  if (typeof content === "string") return readIfThere(file) !== content;
  return ifThere(file, () => readFileSync(file))?.equals(content) !== true;
}

/** The text of a file, or undefined if it is missing. Throws a `ConfigError` that names the file if it cannot be read. */
export function readIfThere(file: string): string | undefined {
  return ifThere(file, () => readFileSync(file, "utf8"));
}

function ifThere<T>(file: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw failure(file, "read", error);
  }
}

function failure(file: string, what: "read" | "written", error: unknown): ConfigError {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = (code !== undefined && REASONS[code]) || code || message;
  return new ConfigError([{ file, message: `the file cannot be ${what}: ${reason}` }]);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "no permission (EACCES)",
  EISDIR: "it is a directory (EISDIR)",
  ENOSPC: "the disk is full (ENOSPC)",
  ENOTDIR: "a part of its path is no directory (ENOTDIR)",
  EROFS: "the file system is read-only (EROFS)",
};
