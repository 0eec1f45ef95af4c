import { type Command } from "commander";
import { type Output } from "./output";

/** The input of a command. */
export interface Context {
  /** The config files, in the order given. */
  readonly files: readonly string[];
  /** The command's arguments. */
  readonly args: readonly string[];
  /** The command's own options, as commander names them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly output: Output;
}

/** The exit codes. */
export const EXIT = { success: 0, failure: 1, differences: 2 } as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** The exports of a command's file. */
export interface CommandModule {
  /** Declares its arguments, options and help. */
  define(command: Command): void;
  run(context: Context): Exit | Promise<Exit>;
}
