import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds between two looks: a process of the agent runs for longer. */
const every = 20;

/** Collects the command lines and environments of processes, as every user of their machine can list them. */
export class ProcessWatch {
  private running = true;
  private readonly texts = new Set<string>();
  private readonly loop: Promise<void>;

  private constructor(private readonly processes: () => readonly number[]) {
    this.loop = this.run();
  }

  /** Watches the processes with the IDs that the function returns. */
  static start(processes: () => readonly number[]): ProcessWatch {
    return new ProcessWatch(processes);
  }

  /** Stops, and returns each command line and each environment that was seen. */
  async stop(): Promise<readonly string[]> {
    this.running = false;
    await this.loop;
    return [...this.texts];
  }

  private async run(): Promise<void> {
    while (this.running) {
      for (const pid of this.processes()) {
        for (const file of ["cmdline", "environ"]) this.texts.add(read(`/proc/${pid}/${file}`));
      }
      await sleep(every);
    }
  }
}

/** The text of a file; empty if its process has ended. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
