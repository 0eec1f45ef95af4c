import { spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { readIfThere } from "./write-file";

/** A process that works on a state. */
export interface Worker {
  readonly host: string;
  readonly pid: number;
  /** When it started: another process can have its ID later, at the latest after a reboot. @default - not known */
  readonly started?: string;
}

/** This process. */
export function worker(): Worker {
  const started = startOf(process.pid);
  return { host: hostname(), pid: process.pid, ...(started === undefined ? {} : { started }) };
}

/** Whether it is another process, and runs on this host. */
export function isRunningBeside({ host, pid, started }: Worker): boolean {
  if (host !== hostname() || pid === process.pid || !isAlive(pid)) return false;
  const present = startOf(pid);
  return started === undefined || present === undefined || started === present;
}

/** When a process started, as the system tells it: a text that no other process has. */
function startOf(pid: number): string | undefined {
  const boot = readIfThere("/proc/sys/kernel/random/boot_id");
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (boot === undefined || stat === undefined) return startByPs(pid);
  // The second field is the program in parentheses, and can have more of them. The 22nd field is the time since the boot.
  const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return `${boot.trim()} ${ticks}`;
}

/** Without /proc, as on macOS. */
function startByPs(pid: number): string | undefined {
  const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
  const { stdout } = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", env });
  return stdout?.trim() || undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
