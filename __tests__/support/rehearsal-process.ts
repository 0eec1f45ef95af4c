import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

/** A rehearsal in a process of its own. */
export interface RehearsalProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; out: string; err: string }>;
  /** Resolves when its progress has a text, or when it has ended. */
  readonly shows: (text: RegExp) => Promise<void>;
}

/** Starts `npm run rehearse`, or another program, with these words, and with a folder for its temporary files. */
export function startRehearsal(
  folder: string,
  words: readonly string[],
  program = ["--import", "tsx", "rehearsal/rehearse.ts"],
): RehearsalProcess {
  const argv = [...program, ...words];
  const child = spawn(process.execPath, argv, { cwd: ROOT, env: { ...process.env, TMPDIR: folder } });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.once("close", (code) => resolve({ code, out, err }));
  });
  const shows = async (text: RegExp): Promise<void> => {
    while (!text.test(err) && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 50));
  };
  return { child, ended, shows };
}
