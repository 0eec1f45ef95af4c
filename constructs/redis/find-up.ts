import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The path of the nearest file or folder of this name, from this folder upwards. The sources, the library and the
 * bundled command have this file at different depths.
 */
export function findUp(name: string): string {
  return from(__dirname, name);
}

function from(folder: string, name: string): string {
  const path = join(folder, name);
  const parent = dirname(folder);
  if (existsSync(path)) return path;
  if (parent === folder) throw new Error(`${name} must be above ${__dirname}`);
  return from(parent, name);
}
