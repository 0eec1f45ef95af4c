import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alternate, type Candidate, measure } from "../../bench/measure";

/** The tests start many short processes, and the machine may be busy. */
jest.setTimeout(60_000);

const node = (name: string, script: string): Candidate => ({ name, argv: [process.execPath, "-e", script] });

/** A script that allocates and writes this number of MiB. */
const holding = (megabytes: number) => `globalThis.kept = Buffer.alloc(${megabytes} << 20, 1);`;

/** A script that uses this number of milliseconds of CPU. */
const busy = (ms: number) =>
  `const end = process.cpuUsage().user / 1000 + ${ms}; while (process.cpuUsage().user / 1000 < end);`;

const spawning = (scripts: string[]) =>
  `const { spawnSync } = require("node:child_process");
   for (const script of ${JSON.stringify(scripts)}) spawnSync(process.execPath, ["-e", script]);`;

describe("measure", () => {
  it("measures wall time from the start of the first process to the end of the last", async () => {
    const { wall, cpu } = await measure(node("sleeper", "setTimeout(() => undefined, 400)"));
    expect(wall).toBeGreaterThanOrEqual(400);
    expect(cpu).toBeLessThan(wall);
  });

  it("adds up the CPU time of all processes", async () => {
    const { cpu } = await measure(node("parent", spawning([busy(200), busy(200)])));
    expect(cpu).toBeGreaterThanOrEqual(400);
  });

  it("reports the peak memory of the largest process, even if it has freed the memory", async () => {
    const small = await measure(node("small", ""));
    const large = await measure(node("parent", spawning([holding(200), holding(100)])));
    expect(large.rss - small.rss).toBeGreaterThan(180);
    expect(large.rss - small.rss).toBeLessThan(280);
  });

  it("does not report the memory of the launcher as that of the command", async () => {
    const before = await measure(node("small", ""));
    const ballast = Buffer.alloc(300 << 20, 1);
    const after = await measure(node("small", ""));
    expect(ballast).toHaveLength(300 << 20);
    expect(Math.abs(after.rss - before.rss)).toBeLessThan(30);
  });

  it("passes on the working directory and the environment", async () => {
    const folder = mkdtempSync(join(tmpdir(), "measured-"));
    const script = `require("node:fs").writeFileSync("found", process.env.GIVEN)`;
    await measure({ ...node("writer", script), cwd: folder, env: { GIVEN: "this" } });
    expect(readFileSync(join(folder, "found"), "utf8")).toBe("this");
    rmSync(folder, { recursive: true });
  });

  it("keeps the existing NODE_OPTIONS", async () => {
    const before = process.env["NODE_OPTIONS"];
    process.env["NODE_OPTIONS"] = "--stack-trace-limit=5";
    try {
      const script = "if (Error.stackTraceLimit !== 5) process.exitCode = 1";
      await expect(measure(node("with options", script))).resolves.toBeDefined();
    } finally {
      if (before === undefined) delete process.env["NODE_OPTIONS"];
      else process.env["NODE_OPTIONS"] = before;
    }
  });

  it("fails with the stderr of the command", async () => {
    await expect(measure(node("broken", `console.error("no such thing"); process.exit(3)`))).rejects.toThrow(
      /^broken: exit 3\nno such thing$/,
    );
  });

  it("fails if no Node process ran", async () => {
    await expect(measure({ name: "shell", argv: ["true"] })).rejects.toThrow(
      "shell: no Node process reported its cost",
    );
  });

  it("fails if the command does not exist", async () => {
    await expect(measure({ name: "typo", argv: ["no-such-command"] })).rejects.toThrow(/^typo: .*ENOENT/);
  });
});

describe("alternate", () => {
  it("runs the commands in turn, after one round that does not count", async () => {
    const folder = mkdtempSync(join(tmpdir(), "measured-"));
    const log = join(folder, "log");
    const candidate = (name: string): Candidate => ({
      ...node(name, `require("node:fs").appendFileSync(${JSON.stringify(log)}, "${name} ")`),
      before: () => appendFileSync(log, "before "),
    });
    const [ones, others] = await alternate([candidate("a"), candidate("b")], 2);
    expect(readFileSync(log, "utf8")).toBe("before a before b ".repeat(3));
    expect([ones, others].map((samples) => samples?.length)).toEqual([2, 2]);
    rmSync(folder, { recursive: true });
  });
});
