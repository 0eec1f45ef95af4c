import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Beside this folder both in the sources and in the published package. */
export const TEMPLATES = join(__dirname, "..", "templates");

/** A file as it lands on an instance. */
export interface InstanceFile {
  /** Absolute, on the instance. */
  readonly path: string;
  readonly mode: string;
  readonly content: string;
}

/**
 * The files of `templates/instance/`, sorted by path, less their comments: those are for readers of the sources, and
 * would be a third of what EC2 lets user data be.
 */
export function instanceFiles(): InstanceFile[] {
  cached ??= walk(join(TEMPLATES, "instance"), "");
  return cached;
}

let cached: InstanceFile[] | undefined;

function walk(directory: string, path: string): InstanceFile[] {
  return readdirSync(directory, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const here = `${path}/${entry.name}`;
      if (entry.isDirectory()) return walk(join(directory, entry.name), here);
      const text = withoutComments(entry.name, readFileSync(join(directory, entry.name), "utf8"));
      // A copy: what is left of a text takes as much for each letter as a dash in one of its comments did.
      const content = Buffer.from(text).toString();
      // By place, not by the mode on disk: npm and a Windows checkout do not keep that.
      return [{ path: here, mode: here.startsWith("/usr/local/bin/") ? "0755" : "0644", content }];
    });
}

function withoutComments(name: string, text: string): string {
  if (name.endsWith(".py")) return text;
  return text
    .replace(/^[ \t]*#(?!!).*\n/gm, "")
    .replace(/^\n+/, "")
    .replace(/\n{3,}/g, "\n\n");
}
