import { join, resolve } from "node:path";
import { must, type RunOptions } from "./run";

/** This repository, which is what a user's project would have installed. */
export const REPOSITORY = resolve(__dirname, "..");
export const TSX = join(REPOSITORY, "node_modules/.bin/tsx");

/** Runs our own command line, as a program; returns what it prints. */
export function redisElastigroup(args: readonly string[], options?: RunOptions): Promise<string> {
  return must([TSX, join(REPOSITORY, "cli/index.ts"), ...args], options);
}
