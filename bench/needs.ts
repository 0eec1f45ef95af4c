import { spawnSync } from "node:child_process";

/** What of these commands, and root, this machine lacks. */
export function missing(commands: readonly string[]): string[] {
  const absent = commands.filter((name) => spawnSync("sh", ["-c", `command -v ${name}`]).status !== 0);
  return process.getuid?.() === 0 ? absent : ["root", ...absent];
}
