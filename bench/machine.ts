import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { run } from "../rehearsal/run";

/** Where figures were measured: nothing that identifies a machine, such as its name. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memory: string;
  readonly system: string;
  readonly kernel: string;
  /** By program. A program that is missing is left out. */
  readonly versions: Readonly<Record<string, string>>;
}

export async function thisMachine(): Promise<Machine> {
  const processors = cpus();
  return {
    processor: processors[0]?.model ?? "unknown",
    cores: processors.length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "unknown",
    kernel: /^\d+(\.\d+)*/.exec(release())?.[0] ?? "unknown",
    versions: {
      "cdktf-redis-elastigroup": versionOf(join(__dirname, "..")),
      ...(await versionBy("Redis", ["redis-server", "--version"], /v=(\S+)/)),
      ...(await versionBy("Python", ["python3", "--version"], /Python (\S+)/)),
      "Node.js": process.versions.node,
      cdktf: versionOf(dirname(require.resolve("cdktf/package.json"))),
      ...(await versionBy("systemd", ["systemd-nspawn", "--version"], /^systemd (\d+)/)),
    },
  };
}

function versionOf(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string }).version;
}

async function versionBy(
  name: string,
  argv: readonly string[],
  pattern: RegExp,
): Promise<Record<string, string>> {
  const outcome = await run(argv).catch(() => undefined);
  const found = pattern.exec(outcome?.stdout ?? "")?.[1];
  return found === undefined ? {} : { [name]: found };
}
