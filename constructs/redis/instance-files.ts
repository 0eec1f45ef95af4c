import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findUp } from "./find-up";

/** The files of this package that are installed on an instance. */
export const TEMPLATES = findUp("templates");

/** A file on an instance. */
export interface InstanceFile {
  /** The absolute path on the instance. */
  readonly path: string;
  readonly mode: string;
  readonly content: string;
}

/** The agent's files as they stand in `templates/instance/`, sorted by path. */
export function instanceFiles(): InstanceFile[] {
  return (cached ??= walk(join(TEMPLATES, "instance"), ""));
}

let cached: InstanceFile[] | undefined;

function walk(directory: string, path: string): InstanceFile[] {
  return (
    readdirSync(directory, { withFileTypes: true })
      // Caches of tools.
      .filter(({ name }) => name !== "__pycache__" && !name.startsWith("."))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => {
        const here = `${path}/${entry.name}`;
        if (entry.isDirectory()) return walk(join(directory, entry.name), here);
        const content = readFileSync(join(directory, entry.name), "utf8");
        // By folder, not by the mode on disk, which npm and a checkout on Windows do not keep.
        return [{ path: here, mode: here.startsWith("/usr/local/bin/") ? "0755" : "0644", content }];
      })
  );
}
