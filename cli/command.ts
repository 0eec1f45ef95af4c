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
  /**
   * Where it can ask; undefined if there is no terminal, or no person at it. Not called by a command that reads standard
   * input at once: a stream on it would make these reads fail while there is no data.
   */
  readonly terminal: () => Terminal | undefined;
}

/** The two directions of a terminal. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** The exit codes. `stopped`: not all was done. */
export const EXIT = { success: 0, failure: 1, differences: 2, stopped: 2 } as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** The exports of a command's file. */
export interface CommandModule {
  /** Declares its arguments, options and help. */
  define(command: Command): void;
  run(context: Context): Exit | Promise<Exit>;
}
