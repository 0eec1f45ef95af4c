import { mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../wait";

/** Milliseconds that killed processes have to end. */
const END = 10_000;

/** A folder for all files of a run, and the processes that work in it. Neither of them outlives this process. */
export class Workplace {
  readonly directory: string;
  private readonly onExit = (): void => this.clear();

  /** `programs`: what the processes of the run are. A shell of the user in the folder is none of them. */
  constructor(private readonly programs: readonly string[]) {
    this.directory = realpathSync(mkdtempSync(join(folder(), "local-rehearsal-")));
    // Also at an error that is not caught, and at a signal whose handler ends this process.
    process.on("exit", this.onExit);
  }

  /** The running processes, such as a background save whose server was killed. */
  processes(): number[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .filter((pid) => this.isHere(linkOf(pid, "cwd")) && this.programs.includes(linkOf(pid, "exe")))
      .map(Number);
  }

  /** Ends all processes and removes the folder. Throws if one of them stays. */
  async close(): Promise<void> {
    await until("all processes have ended", { timeout: END }, () => {
      this.kill();
      return this.processes().length === 0;
    });
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
    process.off("exit", this.onExit);
  }

  /** The same without waiting, for the end of this process. */
  private clear(): void {
    const end = Date.now() + END;
    while (this.processes().length > 0 && Date.now() < end) this.kill();
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  private kill(): void {
    for (const pid of this.processes()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended meanwhile.
      }
    }
  }

  private isHere(path: string): boolean {
    // Linux appends " (deleted)" to a folder that is gone.
    return `${path.replace(/ \(deleted\)$/, "")}/`.startsWith(`${this.directory}/`);
  }
}

/** The folder for temporary files. A path with a space would need quotes in redis.conf. */
function folder(): string {
  return /^[\w./-]+$/.test(tmpdir()) ? tmpdir() : "/tmp";
}

/** Where a link in /proc leads; empty for a process of another user, or one that has ended. */
function linkOf(pid: string, name: string): string {
  try {
    return readlinkSync(`/proc/${pid}/${name}`);
  } catch {
    return "";
  }
}
