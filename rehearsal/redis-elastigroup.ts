import { join, resolve } from "node:path";
import { must, type RunOptions } from "./run";

/** The root of this repository. In a user's project, it is the installed package. */
export const REPOSITORY = resolve(__dirname, "..");
export const TSX = join(REPOSITORY, "node_modules/.bin/tsx");

/** Runs `redis-elastigroup` as a program and returns its output. */
export function redisElastigroup(args: readonly string[], options?: RunOptions): Promise<string> {
  return must([TSX, join(REPOSITORY, "cli/index.ts"), ...args], options);
}
