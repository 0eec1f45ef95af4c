import { type ChildProcess, spawn } from "node:child_process";

/** The result of a command. `code` is 128 + the signal number if it was killed. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** The standard input of the command. @default - empty */
  readonly input?: string | Buffer;
  /** Milliseconds after which the command is killed and the call throws. @default 60000 */
  readonly timeout?: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** The commands that run. None of them outlives this process. */
const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** Runs a command to its end, without blocking the servers in this process. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const [command = "", ...args] = argv;
  const timeout = options.timeout ?? 60_000;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env ?? process.env });
    running.add(child);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let expired = false;
    const timer = setTimeout(() => {
      expired = true;
      child.kill("SIGKILL");
    }, timeout);
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.stdin.on("error", () => undefined); // the command may end without reading its input
    child.stdin.end(options.input);
    child.on("error", (error) => {
      running.delete(child);
      clearTimeout(timer);
      reject(error);
    });
    // Children of a killed command may keep its pipes open: do not wait for them.
    child.on("exit", () => running.delete(child));
    child.on("exit", () => expired && child.stdout.destroy() && child.stderr.destroy());
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const stdout = Buffer.concat(out).toString();
      const stderr = Buffer.concat(err).toString();
      if (expired) {
        reject(new Error(`${argv.join(" ")}: not finished after ${timeout} ms\n${tail(stdout + stderr)}`));
      } else resolve({ code: code ?? 128 + (signal === "SIGKILL" ? 9 : 15), stdout, stderr });
    });
  });
}

/** Runs a command that must succeed. Returns its standard output, or throws an error with its output. */
export async function must(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(argv, options);
  if (code !== 0) throw new Error(`${argv.join(" ")}: exit ${code}\n${tail(stderr || stdout)}`);
  return stdout;
}

/** The last lines of a text, for messages. */
export function tail(text: string, lines = 30): string {
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}
