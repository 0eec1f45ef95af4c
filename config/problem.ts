import { type Position } from "./source";

/** One problem of one config file. */
export interface Problem {
  readonly file: string;
  readonly at?: Position;
  /** The problem, the value, and what to do, on one line. */
  readonly message: string;
}

/** All problems of the given files. */
export class ConfigError extends Error {
  constructor(public readonly problems: readonly Problem[]) {
    super(problems.map(showProblem).join("\n"));
  }
}

/** A problem as one line: `FILE:LINE:COLUMN: message`. */
export function showProblem({ file, at, message }: Problem): string {
  return at ? `${file}:${at.line}:${at.column}: ${message}` : `${file}: ${message}`;
}
