import { realpathSync } from "node:fs";
import { onPath, RequirementError } from "../programs";
import { run } from "../run";

/** The programs of a local rehearsal. */
export interface Programs {
  /** The server, as a path. */
  readonly server: string;
  /** The same without links. On Debian it is redis-check-rdb, which does something else under that name. */
  readonly executable: string;
  /** Its name and version, such as `Redis 7.0.15`. */
  readonly version: string;
  /** The interpreter of the agent, as a path without links. */
  readonly python: string;
}

/** What distributions call the server. The last one is the package of Amazon Linux 2023. */
const SERVERS = ["redis-server", "valkey-server", "redis6-server"];
const MAJOR = 6;

const PYTHON = "import os, sys; print(os.path.realpath(sys.executable), *sys.version_info[:2])";

/** Finds the programs. `server` is a path or a name instead of those that distributions have. */
export async function findPrograms(server?: string): Promise<Programs> {
  if (process.platform !== "linux") {
    throw new RequirementError(`a local rehearsal needs Linux, got: ${process.platform}`);
  }
  const problems: string[] = [];
  const path = (server === undefined ? SERVERS : [server])
    .map((name) => onPath(name))
    .find((found) => found !== undefined);
  if (path === undefined) problems.push(`${server ?? "redis-server"} is not found`);
  const version = path === undefined ? undefined : await versionOf(path);
  if (path !== undefined && version === undefined) problems.push(`${path} is not a Redis or Valkey server`);
  const major = Number(/\d+/.exec(version ?? "")?.[0]);
  if (major < MAJOR) problems.push(`${path} is ${version}, and Redis ${MAJOR}.0 or newer is needed`);
  const python = await findPython();
  if (python === undefined) problems.push("python3, version 3.9 or newer, is not found");
  if (problems.length > 0 || !path || !version || !python) {
    throw new RequirementError(`${problems.join(".\n")}.\n${remedy()}`);
  }
  return { server: path, executable: realpathSync(path), version, python };
}

/** `Redis 7.0.15`; undefined if the program is another one. */
async function versionOf(server: string): Promise<string | undefined> {
  const outcome = await run([server, "--version"], { timeout: 10_000 }).catch(() => undefined);
  const found = /^(Redis|Valkey) server v=(\d+\.\d+\.\d+)/i.exec(outcome?.stdout ?? "");
  return found ? `${found[1]} ${found[2]}` : undefined;
}

async function findPython(): Promise<string | undefined> {
  const outcome = await run(["python3", "-c", PYTHON], { timeout: 10_000 }).catch(() => undefined);
  const found = /^(\S+) (\d+) (\d+)/.exec(outcome?.stdout ?? "");
  if (!found) return undefined;
  const [major, minor] = [Number(found[2]), Number(found[3])];
  return major > 3 || (major === 3 && minor >= 9) ? found[1] : undefined;
}

/** The commands that install the programs, by the package manager that this machine has. */
function remedy(): string {
  const sudo = process.getuid?.() === 0 ? "" : "sudo ";
  if (onPath("apt-get")) return `Install with: ${sudo}apt-get install redis-server python3`;
  if (onPath("dnf")) {
    return `Install with: ${sudo}dnf install redis python3 (valkey on Fedora, redis6 on Amazon Linux 2023)`;
  }
  return "Install a package of Redis or Valkey, and Python 3.9 or newer.";
}
