import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { Cgroup } from "./cgroup";
import { variable } from "./inside";
import { leftovers } from "./leftovers";
import { prepare } from "./prepare";

export { insideEnclosure, workDirectory } from "./inside";

/**
 * The first process in the namespaces. It completes them, forwards signals and reaps orphans. When it ends, the kernel
 * ends all other processes in the namespace. /run is private, so network namespaces and nspawn's locks are removed with it.
 */
const init = `
work=$1 enter=$2; shift 2
eval "$enter" || exit 125
{ readlink /proc/self/ns/net; readlink /proc/self/ns/mnt; } > "$work/namespaces"
ip link set lo up
mount -t tmpfs -o mode=755 run /run && mkdir /run/netns || exit 125
env --default-signal=INT,QUIT -- "$@" <&0 &
child=$!
trap 'kill -TERM $child' TERM HUP
trap 'kill -INT $child' INT
while :; do
  wait $child; code=$?
  kill -0 $child 2>/dev/null || break
done
exit $code
`;

/**
 * Runs outside the namespaces, in a separate session, and holds the other end of a pipe. When the pipe closes for any
 * reason, it waits until the last process inside has ended, and removes the files and cgroups.
 */
const janitor = `
cat > /dev/null
work=$1; shift
for i in $(seq 200); do
  [ -z "$(find "$@" -name cgroup.procs -exec cat {} + 2>/dev/null)" ] && break
  sleep 0.05
done
for i in $(seq 20); do
  find "$@" -depth -type d -exec rmdir {} \\; 2>/dev/null
  rm -rf --one-file-system "$work" && break
  sleep 0.1
done
`;

/** How a command in an enclosure has ended. */
export interface Enclosed {
  readonly code: number;
  /** Its standard output. */
  readonly output: string;
  /** What is left of the enclosure: nothing, unless the kernel or a file system has failed. */
  readonly leftBehind: readonly string[];
}

/** Runs a command in new namespaces and removes all its processes and files. Resolves to its exit code. */
export async function enclose(command: readonly string[]): Promise<number> {
  return (await enclosed(command, "inherit")).code;
}

/** The same, with its output and what is left. */
export async function enclosed(
  command: readonly string[],
  stdout: "inherit" | "pipe" = "pipe",
): Promise<Enclosed> {
  const work = mkdtempSync(join(tmpdir(), "rehearsal-"));
  mkdirSync(join(work, "tmp"), { mode: 0o1777 });
  const cgroup = Cgroup.create(work.split("/").at(-1) ?? "");
  const cleaner = spawn("sh", ["-c", janitor, "janitor", work, ...cgroup.directories], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const cleaned = new Promise((resolve) => cleaner.on("close", resolve));
  // When this process dies, unshare ends, and so does the first process of the namespace.
  const child = spawn(
    "setpriv",
    ["--pdeathsig", "KILL", "unshare", "--net", "--mount", "--pid", "--ipc", "--uts"].concat(
      ["--fork", "--mount-proc", "--kill-child", "sh", "-c", init, "init", work, cgroup.enter],
      command,
    ),
    {
      stdio: ["inherit", stdout, "inherit"],
      env: { ...process.env, [variable]: work, TMPDIR: join(work, "tmp") },
    },
  );
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
  const stopWatching = endWith(child.pid ?? 0, () => child.kill("SIGKILL"));
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status, signal) => resolve(status ?? 128 + constants.signals[signal ?? "SIGKILL"]));
  }).finally(() => cleaner.stdin.end());
  stopWatching();
  await cleaned;
  return { code, output, leftBehind: leftovers(work, cgroup.directories) };
}

/** Forwards signals to the first process inside and kills it after a timeout. Ends when the parent process ends. */
function endWith(unshare: number, kill: () => void): () => void {
  const pass = (signal: NodeJS.Signals) => {
    try {
      const inside = readFileSync(`/proc/${unshare}/task/${unshare}/children`, "utf8").trim();
      process.kill(Number(inside), signal);
    } catch {
      kill();
    }
    setTimeout(kill, 5000).unref();
  };
  const signals: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, pass);
  const parent = process.ppid;
  const watch = setInterval(() => process.ppid !== parent && kill(), 500);
  return () => {
    clearInterval(watch);
    for (const signal of signals) process.off(signal, pass);
  };
}

async function main(args: readonly string[]): Promise<number> {
  const end = args.indexOf("--");
  const options = end < 0 ? args : args.slice(0, end);
  const command = end < 0 ? [] : args.slice(end + 1);
  if (command.length === 0 || options.some((option) => option !== "--bare")) {
    process.stderr.write("usage: tsx rehearsal/enclosure.ts [--bare] -- COMMAND [ARGUMENT…]\n");
    return 64;
  }
  if (!options.includes("--bare")) await prepare();
  return enclose(command);
}

if (require.main === module) {
  main(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(125);
    },
  );
}
