import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { insideEnclosure } from "./inside";
import { progress } from "./progress";
import { run } from "./run";

/** The cache of built files. It is outside the repository: the files are large and belong to other projects. */
export function cacheDirectory(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "redis-elastigroup-rehearsal");
}

/** A short name for a recipe, derived from its content: another recipe has another name. */
export function keyOf(...recipe: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 16);
}

/**
 * The directory `name` in the cache, built by `make` if it does not exist. It is moved into place by a rename, so it is
 * never incomplete. If two processes build it, both use the one that was renamed first.
 */
export async function cached(name: string, make: (directory: string) => Promise<void>): Promise<string> {
  const final = join(cacheDirectory(), name);
  if (existsSync(final)) return final;
  if (insideEnclosure()) {
    throw new Error(
      `${name} is not prepared, and no package registry can be reached from here; run tsx rehearsal/prepare.ts`,
    );
  }
  mkdirSync(cacheDirectory(), { recursive: true });
  await sweep();
  progress(`making ${name} in ${cacheDirectory()} (only once)`);
  const temporary = await mkdtemp(`${final}.`);
  // At a signal whose handler ends this process, there is no time to wait.
  const clear = (): void => void spawnSync("rm", ["-rf", "--one-file-system", temporary]);
  process.on("exit", clear);
  try {
    await make(temporary);
    await rename(temporary, final).catch((error: unknown) => {
      if (!existsSync(final)) throw error;
    });
  } finally {
    if (existsSync(temporary)) await removeTree(temporary);
    process.off("exit", clear);
  }
  return final;
}

/** Removes the files of builds that were killed long ago. */
async function sweep(): Promise<void> {
  for (const entry of readdirSync(cacheDirectory()).filter((file) => /\.[A-Za-z0-9]{6}$/.test(file))) {
    const path = join(cacheDirectory(), entry);
    if (Date.now() - statSync(path).ctimeMs > 3_600_000) await removeTree(path);
  }
}

/** Removes a tree, also files that only root may remove. File systems that are mounted in it are left alone. */
export async function removeTree(directory: string): Promise<void> {
  await run(["rm", "-rf", "--one-file-system", directory], { timeout: 120_000 });
  await rm(directory, { recursive: true, force: true });
}
