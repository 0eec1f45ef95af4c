import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alternate, type Candidate, measure } from "../../bench/measure";

/** Many short processes, on a machine that may be busy. */
jest.setTimeout(60_000);

const node = (name: string, script: string): Candidate => ({ name, argv: [process.execPath, "-e", script] });

/** Allocates and touches so many MiB. */
const holding = (megabytes: number) => `globalThis.kept = Buffer.alloc(${megabytes} << 20, 1);`;

/** Keeps the processor busy for so long. */
const busy = (ms: number) =>
  `const end = process.cpuUsage().user / 1000 + ${ms}; while (process.cpuUsage().user / 1000 < end);`;

const spawning = (scripts: string[]) =>
  `const { spawnSync } = require("node:child_process");
   for (const script of ${JSON.stringify(scripts)}) spawnSync(process.execPath, ["-e", script]);`;

describe("measure", () => {
  it("takes the clock from the first process's start to the last one's end", async () => {
    const { wall, cpu } = await measure(node("sleeper", "setTimeout(() => undefined, 400)"));
    expect(wall).toBeGreaterThanOrEqual(400);
    expect(cpu).toBeLessThan(wall);
  });

  it("adds up the processor's time over all processes", async () => {
    const { cpu } = await measure(node("parent", spawning([busy(200), busy(200)])));
    expect(cpu).toBeGreaterThanOrEqual(400);
  });

  it("takes the peak of the largest process, also of one that has let go of it", async () => {
    const small = await measure(node("small", ""));
    const large = await measure(node("parent", spawning([holding(200), holding(100)])));
    expect(large.rss - small.rss).toBeGreaterThan(180);
    expect(large.rss - small.rss).toBeLessThan(280);
  });

  it("does not take the launcher's size for the command's", async () => {
    const before = await measure(node("small", ""));
    const ballast = Buffer.alloc(300 << 20, 1);
    const after = await measure(node("small", ""));
    expect(ballast).toHaveLength(300 << 20);
    expect(Math.abs(after.rss - before.rss)).toBeLessThan(30);
  });

  it("hands on folder and environment", async () => {
    const folder = mkdtempSync(join(tmpdir(), "measured-"));
    const script = `require("node:fs").writeFileSync("found", process.env.GIVEN)`;
    await measure({ ...node("writer", script), cwd: folder, env: { GIVEN: "this" } });
    expect(readFileSync(join(folder, "found"), "utf8")).toBe("this");
    rmSync(folder, { recursive: true });
  });

  it("keeps the options that Node was given already", async () => {
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

  it("fails with the command's own words", async () => {
    await expect(measure(node("broken", `console.error("no such thing"); process.exit(3)`))).rejects.toThrow(
      /^broken: exit 3\nno such thing$/,
    );
  });

  it("fails where nothing was measured", async () => {
    await expect(measure({ name: "shell", argv: ["true"] })).rejects.toThrow(
      "shell: no Node process ended in it",
    );
  });

  it("fails where there is no such command", async () => {
    await expect(measure({ name: "typo", argv: ["no-such-command"] })).rejects.toThrow(/^typo: .*ENOENT/);
  });
});

describe("alternate", () => {
  it("runs the commands in turn, after a round that does not count", async () => {
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
