import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { insideEnclosure } from "./inside";
import { progress } from "./progress";
import { run } from "./run";

/** What is made once and kept: outside the repository, since it is large and not ours to publish. */
export function cacheDirectory(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "redis-elastigroup-rehearsal");
}

/** A short name for a recipe: whatever changes the recipe changes the name. */
export function keyOf(...recipe: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 16);
}

/**
 * The directory `name` in the cache, made by `make` where it is not there yet. It appears by a rename:
 * never half of it, and of two makers one wins and both go on with the same.
 */
export async function cached(name: string, make: (directory: string) => Promise<void>): Promise<string> {
  const final = join(cacheDirectory(), name);
  if (existsSync(final)) return final;
  if (insideEnclosure()) {
    throw new Error(
      `${name} is not prepared, and no registry is in reach here: run tsx rehearsal/prepare.ts`,
    );
  }
  mkdirSync(cacheDirectory(), { recursive: true });
  await sweep();
  progress(`making ${name} in ${cacheDirectory()}, which is done once`);
  const temporary = await mkdtemp(`${final}.`);
  try {
    await make(temporary);
    await rename(temporary, final).catch((error: unknown) => {
      if (!existsSync(final)) throw error;
    });
  } finally {
    if (existsSync(temporary)) await removeTree(temporary);
  }
  return final;
}

/** What makes that were killed long ago have left. */
async function sweep(): Promise<void> {
  for (const entry of readdirSync(cacheDirectory()).filter((file) => /\.[A-Za-z0-9]{6}$/.test(file))) {
    const path = join(cacheDirectory(), entry);
    if (Date.now() - statSync(path).ctimeMs > 3_600_000) await removeTree(path);
  }
}

/** Removes a tree that may hold what only root may, and never what is mounted below it. */
export async function removeTree(directory: string): Promise<void> {
  await run(["rm", "-rf", "--one-file-system", directory], { timeout: 120_000 });
  await rm(directory, { recursive: true, force: true });
}
