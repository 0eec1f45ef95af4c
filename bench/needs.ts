import { spawnSync } from "node:child_process";

/** The commands that are not installed, and "root" if this process is not root. */
export function missing(commands: readonly string[]): string[] {
  const absent = commands.filter((name) => spawnSync("sh", ["-c", `command -v ${name}`]).status !== 0);
  return process.getuid?.() === 0 ? absent : ["root", ...absent];
}
