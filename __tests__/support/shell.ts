import { spawnSync } from "node:child_process";
import { join } from "node:path";

const LIB = join(__dirname, "../../templates/inline/instance/usr/local/lib/redis-replica");

export interface ShellResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a piece of bash (AGENT_BASH, if another than the one on PATH is to be tried) with the named parts of the instance's agent loaded. */
export function agent(
  parts: readonly string[],
  script: string,
  options: { readonly stdin?: string; readonly env?: Record<string, string> } = {},
): ShellResult {
  const load = parts.map((part) => `. "${LIB}/${part}.sh"`).join("\n");
  const { status, stdout, stderr } = spawnSync(
    process.env.AGENT_BASH ?? "bash",
    ["--norc", "-c", `set -Eeuo pipefail\n${load}\n${script}`],
    {
      input: options.stdin ?? "",
      encoding: "utf8",
      timeout: 110_000,
      maxBuffer: 1 << 28,
      env: { PATH: process.env.PATH, LIB, ...options.env },
    },
  );
  return { code: status, stdout: stdout.trimEnd(), stderr };
}
