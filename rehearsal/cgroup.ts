import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

/**
 * A cgroup in each hierarchy that a booted systemd uses: the unified one and, on machines with version 1 controllers,
 * also the one named `systemd`. Each instance needs its own cgroup, since nspawn creates `payload` and `supervisor` in
 * the cgroup that it was started in.
 */
export class Cgroup {
  private constructor(readonly directories: readonly string[]) {}

  /** Creates a cgroup below that of this process. */
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

  /** The IDs of the processes in this cgroup and below, in the PID namespace of this process. */
  get processes(): number[] {
    const files = this.directories.flatMap(below).map((directory) => join(directory, "cgroup.procs"));
    return [...new Set(files.flatMap((file) => read(file).split("\n").filter(Boolean).map(Number)))];
  }

  /** Freezes or thaws all processes at once. While they are frozen, the files that they write do not change. */
  freeze(frozen: boolean): void {
    const unified = this.directories.at(-1) ?? "";
    writeFileSync(join(unified, "cgroup.freeze"), frozen ? "1" : "0");
  }

  /** Whether all processes are frozen. */
  get frozen(): boolean {
    return /^frozen 1$/m.test(read(join(this.directories.at(-1) ?? "", "cgroup.events")));
  }

  /** Removes this cgroup and those below it. They must not contain processes. */
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

/** The cgroups of this process in the hierarchies that systemd uses. The unified one is last. */
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

/** A directory and all directories below it, the deepest first. */
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
