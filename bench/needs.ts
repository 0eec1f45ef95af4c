import { onPath } from "../rehearsal/programs";

/** The commands that are not installed, and "root" if this process is not root. */
export function missing(commands: readonly string[]): string[] {
  const absent = commands.filter((name) => onPath(name, []) === undefined);
  return process.getuid?.() === 0 ? absent : ["root", ...absent];
}
