import { main } from "../../cli";

/** The exit code and the output of a command line. */
export interface Ended {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The terminal that stdout is connected to. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** So wide that no sentence is wrapped. */
const WIDE: Terminal = { columns: 10_000 };

/** Runs a command line in this process. */
export async function run(...argv: string[]): Promise<Ended> {
  return runOn(WIDE, ...argv);
}

/** Runs a command line in this process on such a terminal. */
export async function runOn(terminal: Terminal, ...argv: string[]): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  const exit = await main(argv, {
    stdout: { write: (text) => (stdout += text), ...terminal },
    stderr: { write: (text) => (stderr += text) },
  });
  return { exit, stdout, stderr };
}

/** The object that a command printed under `--json`. */
export function json({ stdout }: Ended): Record<string, unknown> {
  return JSON.parse(stdout) as Record<string, unknown>;
}
