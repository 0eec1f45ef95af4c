import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const ROOT = resolve(__dirname, "..");
/** The command line as it is published: one file. */
const CLI = join(ROOT, "lib/cli/index.js");
export const EXAMPLE = join(ROOT, "redis-replicas.yaml");

/** Writes the example with another number of replicas, and returns the path of the file. */
export function configWith(replicas: number, folder: string): string {
  const file = join(folder, "redis-replicas.yaml");
  writeFileSync(file, readFileSync(EXAMPLE, "utf8").replace(/^replicas:.*$/m, `replicas: ${replicas}`));
  return file;
}

/** The sources of the built command line. */
const SOURCES = ["cli", "cluster", "config", "constructs", "templates", "package.json"];

/** How a command line is run. That of this checkout is built first if a source is newer. */
export function commandLine(built?: string): readonly string[] {
  if (built === undefined) buildIfStale();
  return [process.execPath, built ?? CLI];
}

function buildIfStale(): void {
  const newest = Math.max(...SOURCES.map((part) => latestChange(join(ROOT, part))));
  if (existsSync(CLI) && statSync(CLI).mtimeMs >= newest) return;
  execFileSync("npm", ["run", "build"], { cwd: ROOT, stdio: ["ignore", process.stderr, process.stderr] });
}

function latestChange(path: string): number {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => latestChange(join(path, name))));
}
