import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The oldest Python that the agent supports, if it is installed; otherwise the default one. */
export function oldestPython(): string {
  const versions = join(homedir(), ".pyenv", "versions");
  const own = existsSync(versions) ? readdirSync(versions).filter((name) => name.startsWith("3.9.")) : [];
  const candidates = [...own.map((name) => join(versions, name, "bin", "python3")), "python3.9"];
  return candidates.find((python) => spawnSync(python, ["--version"]).status === 0) ?? "python3";
}
