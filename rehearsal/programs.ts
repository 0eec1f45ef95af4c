import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Something is missing or too old. The message has the command that installs it. */
export class RequirementError extends Error {}

/** Below /sbin on some distributions, which the path of a user often lacks. */
const FOLDERS = ["/usr/local/bin", "/usr/bin", "/usr/sbin", "/sbin"];

/** The path of a program, on the path of the user or in the further folders; undefined if there is none. */
export function onPath(name: string, further: readonly string[] = FOLDERS): string | undefined {
  const folders = name.includes("/") ? [""] : [...(process.env["PATH"] ?? "").split(delimiter), ...further];
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
