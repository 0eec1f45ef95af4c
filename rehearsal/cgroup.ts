import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

/**
 * A group of processes in each hierarchy that a booted systemd uses: the unified one, and on machines
 * with version 1 controllers also the one named `systemd`. An instance needs one of its own, since
 * nspawn lays out `payload` and `supervisor` in the group that it was started in.
 */
export class Cgroup {
  private constructor(readonly directories: readonly string[]) {}

  /** A new group below the one this process is in. */
  static create(name: string): Cgroup {
    const directories = ownDirectories().map((directory) => join(directory, name));
    if (directories.length === 0) throw new Error("no cgroup hierarchy that systemd could use is mounted");
    for (const directory of directories) mkdirSync(directory);
    return new Cgroup(directories);
  }

  /** Shell words that move the shell that runs them into this group. */
  get enter(): string {
    return this.directories.map((directory) => `echo 0 > '${directory}/cgroup.procs'`).join(" && ");
  }

  /** Processes in this group and below, by the ids that this process knows them by. */
  get processes(): number[] {
    const files = this.directories.flatMap(below).map((directory) => join(directory, "cgroup.procs"));
    return [...new Set(files.flatMap((file) => read(file).split("\n").filter(Boolean).map(Number)))];
  }

  /** Stops or continues every process at once: a point in time, as seen by what they write. */
  freeze(frozen: boolean): void {
    const unified = this.directories.at(-1) ?? "";
    writeFileSync(join(unified, "cgroup.freeze"), frozen ? "1" : "0");
  }

  /** Whether all have come to a stop. */
  get frozen(): boolean {
    return /^frozen 1$/m.test(read(join(this.directories.at(-1) ?? "", "cgroup.events")));
  }

  /** Removes the group and everything that was made below; it must hold no process. */
  remove(): void {
    for (const directory of this.directories.flatMap(below)) {
      try {
        rmdirSync(directory);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
    }
  }
}

/** Where this process is in the hierarchies that systemd uses; the unified one comes last. */
export function ownDirectories(
  membership = read("/proc/self/cgroup"),
  mounts = read("/proc/self/mountinfo"),
): string[] {
  const points = mounts.split("\n").flatMap((line) => {
    const [mount = "", file = ""] = line.split(" - ");
    const [, , , root = "/", at = ""] = mount.split(" ");
    const [type, , options = ""] = file.split(" ");
    if (type === "cgroup2") return [{ hierarchy: "", root, at }];
    if (type === "cgroup" && options.split(",").includes("name=systemd"))
      return [{ hierarchy: "name=systemd", root, at }];
    return [];
  });
  return ["name=systemd", ""].flatMap((hierarchy) => {
    const own = membership.split("\n").find((line) => line.split(":")[1] === hierarchy);
    const point = points.find((candidate) => candidate.hierarchy === hierarchy);
    if (own === undefined || point === undefined) return [];
    return [join(point.at, relative(point.root, own.split(":").slice(2).join(":")))];
  });
}

/** A directory and all below it, the deepest first. */
function below(directory: string): string[] {
  if (!existsSync(directory)) return [];
  const entries = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...entries.flatMap(({ name }) => below(join(directory, name))), directory];
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
