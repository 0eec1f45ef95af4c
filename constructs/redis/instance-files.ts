import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findUp } from "./find-up";

/** What lands on an instance, as it is in this package. */
export const TEMPLATES = findUp("templates");

/** A file as it lands on an instance. */
export interface InstanceFile {
  /** Absolute, on the instance. */
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
      // What tools leave beside the sources.
      .filter(({ name }) => name !== "__pycache__" && !name.startsWith("."))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => {
        const here = `${path}/${entry.name}`;
        if (entry.isDirectory()) return walk(join(directory, entry.name), here);
        const content = readFileSync(join(directory, entry.name), "utf8");
        // By place, not by the mode on disk: npm and a Windows checkout do not keep that.
        return [{ path: here, mode: here.startsWith("/usr/local/bin/") ? "0755" : "0644", content }];
      })
  );
}
