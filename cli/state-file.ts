import { rmSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { ConfigError } from "../config/problem";
import { STDIN } from "../config/source";
import { readIfThere, writeFile } from "./write-file";

/** The process that works on a state. */
export interface Worker {
  readonly host: string;
  readonly pid: number;
}

/** This process. */
export function worker(): Worker {
  return { host: hostname(), pid: process.pid };
}

/** The file in which a command keeps its state, so that it can be continued after Ctrl-C or a crash. */
export class StateFile<State extends { readonly process: Worker }> {
  constructor(
    readonly path: string,
    private readonly format: {
      /** Throws an error on one line. */
      readonly parse: (text: string) => State;
      readonly format: (state: State) => string;
    },
  ) {}

  /** The state, if there is one. Throws if the file is not readable, or another process works on it. */
  read(): State | undefined {
    const text = readIfThere(this.path);
    if (text === undefined) return undefined;
    let state: State;
    try {
      state = this.format.parse(text);
    } catch (error) {
      throw this.problem((error as Error).message);
    }
    const { host, pid } = state.process;
    if (host === hostname() && pid !== process.pid && isRunning(pid))
      throw this.problem(`process ${pid} works on it`);
    return state;
  }

  write(state: State): void {
    writeFile(this.path, this.format.format(state));
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }

  problem(message: string): ConfigError {
    return new ConfigError([{ file: this.path, message }]);
  }
}

/** The default path: beside the config, `NAME.COMMAND.json`. */
export function statePath(configFile: string, name: string, command: string): string {
  const folder = configFile === STDIN ? "." : dirname(configFile);
  return join(folder, `${name}.${command}.json`);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
