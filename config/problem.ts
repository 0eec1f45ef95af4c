import { type Position } from "./source";

/** One thing wrong with one config file. */
export interface Problem {
  readonly file: string;
  readonly at?: Position;
  /** What is wrong, what was there, what to do; one line. */
  readonly message: string;
}

/** All that is wrong with the given files. */
export class ConfigError extends Error {
  constructor(public readonly problems: readonly Problem[]) {
    super(problems.map(showProblem).join("\n"));
  }
}

/** A problem as one line: `FILE:LINE:COLUMN: message`. */
export function showProblem({ file, at, message }: Problem): string {
  return at ? `${file}:${at.line}:${at.column}: ${message}` : `${file}: ${message}`;
}
