import { type Command } from "commander";
import { type Output } from "./output";

/** What every command gets. */
export interface Context {
  /** The config files, in the order given. */
  readonly files: readonly string[];
  /** The command's own options, as commander names them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly output: Output;
}

/** How a command ended. */
export const EXIT = { fine: 0, failure: 1, differences: 2 } as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** One command: one file exports these two. */
export interface CommandModule {
  /** Declares its options and its longer help. */
  define(command: Command): void;
  run(context: Context): Exit | Promise<Exit>;
}
