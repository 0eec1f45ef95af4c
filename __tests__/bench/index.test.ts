import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Recording } from "../../bench/record";
import { type Outcome, run } from "../../rehearsal/run";
import { bundle } from "../support/bundle";
import { describeWith } from "../support/needs";

const ROOT = resolve(__dirname, "../..");

jest.setTimeout(240_000);

/** `npm run bench -- ARGV...`. Its bundle starts faster. */
function bench(...argv: string[]): Promise<Outcome> {
  return run([process.execPath, bundle("bench/index.ts"), ...argv], { timeout: 230_000 });
}

/** A tiny run of the bundled command. Its figures have no meaning, but it takes the same steps. */
function tiny(file: string, ...names: string[]): Promise<Outcome> {
  return bench(...names, "--tiny", "--command", bundle("cli/index.ts"), "--output", file);
}

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "bench-"))));
afterAll(() => rmSync(folder, { recursive: true }));

/** The names of the figures of a tiny run, by benchmark. */
async function figuresOf(...names: string[]): Promise<Record<string, string[]>> {
  const file = join(folder, `${names.join("-")}.json`);
  const { code, stderr } = await tiny(file, ...names);
  expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
  const { results } = JSON.parse(readFileSync(file, "utf8")) as Recording;
  expect(Object.keys(results)).toEqual(names);
  return Object.fromEntries(
    Object.entries(results).map(([name, { figures }]) => [name, Object.keys(figures)]),
  );
}

test("synth measures the command and the minimal app", async () => {
  const parts = ["wall", "cpu", "rss"];
  const names = ["ours.1", "minimal.1"].flatMap((name) => parts.map((part) => `${name}.${part}`));
  expect(await figuresOf("synth")).toEqual({ synth: names });
});

describeWith(["redis-server", "python3 >= 3.9"], "with servers on loopback addresses", () => {
  test("looks, comparisons and starts at once are measured", async () => {
    const including = (...names: string[]): unknown => expect.arrayContaining(names);
    expect(await figuresOf("agent", "verify", "scale")).toEqual({
      agent: including("look.cpu", "look.rss", "watch.rss", "user-data.all"),
      verify: including("debug.keys-per-core", "dump.keys-per-core", "dump.master-cpu"),
      scale: including("look.3.cpu", "status.3.wall", "process.2.join.last", "process.2.recover.last"),
    });
  });
});

test("without a name it prints how it is used", async () => {
  const { code, stdout } = await run(["npm", "run", "--silent", "bench"], { cwd: ROOT });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: npm run bench -- /);
});

test.each([
  [["sinth"], /^a benchmark must be one of synth, .* or all, got: sinth$/],
  [["synth", "--runs", "0"], /^--runs must be a whole number from 1 on, got: 0$/],
  [["compare", "one.json"], /^compare needs two files, got: 1$/],
  [["compare", "one.json", "other.json"], /^one\.json is not found$/],
])("%j is refused with one line", async (argv, message) => {
  const { code, stderr } = await bench(...argv);
  expect(code).toBe(1);
  expect(stderr.trimEnd()).toMatch(message);
});

test("a recording of another machine is not mixed with this one's, and nothing is measured", async () => {
  const file = join(folder, "other.json");
  const machine = { processor: "another", cores: 64, memory: "", system: "", kernel: "", versions: {} };
  writeFileSync(file, JSON.stringify({ machine, results: {} }));
  const { code, stdout, stderr } = await tiny(file, "synth");
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toContain("is of another machine or other versions");
});
