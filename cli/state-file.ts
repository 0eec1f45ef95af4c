import { closeSync, openSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { ConfigError } from "../config/problem";
import { formatState, workerIn } from "../cluster/stored-state";
import { STDIN } from "../config/source";
import { isRunningBeside, type Worker } from "./worker";
import { readIfThere, requireWritable, writeFile } from "./write-file";

/** Milliseconds after which a lock was left behind by a process that was killed: it is held for a few. */
const LOCK_LIMIT = 10_000;

/** The file in which a command keeps its state, so that it can be continued after Ctrl-C or a crash. */
export class StateFile<State extends { readonly process: Worker }> {
  /** As it was read last. */
  private text: string | undefined;

  constructor(
    readonly path: string,
    /** Throws an error on one line. */
    private readonly parse: (text: string) => State,
    /** The files of other commands that change the same cluster: only one may work at a time. */
    private readonly others: readonly string[] = [],
    /** Held while a process begins; the same for all of these commands. */
    private readonly lockPath = `${path}.lock`,
  ) {}

  /** The state, if there is one. Throws if the file is not readable, or another process works on it or beside it. */
  read(): State | undefined {
    for (const other of this.others) {
      const process = workerIn(readIfThere(other) ?? "");
      if (process !== undefined && isRunningBeside(process)) throw working(other, process);
    }
    this.text = readIfThere(this.path);
    if (this.text === undefined) return undefined;
    let state: State;
    try {
      state = this.parse(this.text);
    } catch (error) {
      throw this.problem((error as Error).message);
    }
    if (isRunningBeside(state.process)) throw working(this.path, state.process);
    return state;
  }

  /** Writes the first state of this process. Throws if another process has written one since `read`. */
  claim(state: State): void {
    const before = this.text;
    this.lock();
    try {
      this.read();
      if (this.text !== before) throw this.problem("another process has changed it; run the command again");
      this.write(state);
    } finally {
      rmSync(this.lockPath, { force: true });
    }
  }

  write(state: State): void {
    writeFile(this.path, formatState(state));
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }

  /** Between two looks at the file, there is no other way to tell which of two processes was first. */
  private lock(): void {
    // It is in the same folder, and a folder that is read-only is named with its reason.
    requireWritable(this.path);
    const path = this.lockPath;
    const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (made !== undefined && Date.now() - made > LOCK_LIMIT) rmSync(path, { force: true });
    try {
      closeSync(openSync(path, "wx"));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      throw this.problem("another process begins to work on it; run the command again");
    }
  }

  problem(message: string): ConfigError {
    return new ConfigError([{ file: this.path, message }]);
  }
}

function working(file: string, { pid }: Worker): ConfigError {
  return new ConfigError([{ file, message: `process ${pid} works on it; wait until it has ended` }]);
}

/** The default path: beside the config, `NAME.COMMAND.json`. */
export function statePath(configFile: string, name: string, command: string): string {
  return beside(configFile, `${name}.${command}.json`);
}

/** The lock that all commands on one cluster share. */
export function lockPath(configFile: string, name: string): string {
  return beside(configFile, `${name}.lock`);
}

function beside(configFile: string, file: string): string {
  return join(configFile === STDIN ? "." : dirname(configFile), file);
}
