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
 * The two trees of files in `templates/`: the agent that instances download, as it stands there; and the one that user
 * data carries, less its comments, which would be a third of what EC2 lets user data be.
 */
export type Tree = "instance" | "inline/instance";

/** The files of a tree, sorted by path. */
export function instanceFiles(tree: Tree): InstanceFile[] {
  let files = cached.get(tree);
  if (files === undefined) {
    const withoutComments = tree === "instance" ? (text: string) => text : stripComments;
    files = walk(join(TEMPLATES, tree), "", withoutComments);
    cached.set(tree, files);
  }
  return files;
}

const cached = new Map<Tree, InstanceFile[]>();

function walk(directory: string, path: string, rewrite: (text: string) => string): InstanceFile[] {
  return (
    readdirSync(directory, { withFileTypes: true })
      // What tools leave beside the sources.
      .filter(({ name }) => name !== "__pycache__" && !name.startsWith("."))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => {
        const here = `${path}/${entry.name}`;
        if (entry.isDirectory()) return walk(join(directory, entry.name), here, rewrite);
        const text = rewrite(readFileSync(join(directory, entry.name), "utf8"));
        // A copy: what is left of a text takes as much for each letter as a dash in one of its comments did.
        const content = Buffer.from(text).toString();
        // By place, not by the mode on disk: npm and a Windows checkout do not keep that.
        return [{ path: here, mode: here.startsWith("/usr/local/bin/") ? "0755" : "0644", content }];
      })
  );
}

function stripComments(text: string): string {
  return text
    .replace(/^[ \t]*#(?!!).*\n/gm, "")
    .replace(/^\n+/, "")
    .replace(/\n{3,}/g, "\n\n");
}
