/*
 * Loaded into every measured Node process (`--require`). At its exit, the process appends one line with its cost.
 * The peak is VmHWM, which starts at zero with the program. maxRSS of rusage is kept across execve, so it would show
 * the size of the launcher if that is larger.
 */
const { appendFileSync, readFileSync } = require("node:fs");
const { isMainThread } = require("node:worker_threads");

const file = process.env.BENCH_REPORT;

if (file && isMainThread) {
  process.on("exit", () => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    const kib = Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
    appendFileSync(
      file,
      `${JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1000, rss: kib / 1024 })}\n`,
    );
  });
}
