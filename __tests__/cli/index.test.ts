import { spawn, spawnSync } from "node:child_process";
import { example, exampleText } from "../config/example";
import { file, temporaryFolder } from "../support/folder";
import { redisElastigroup } from "../support/bundle";
import { json, run } from "./run";

const folder = temporaryFolder();
const good = file(folder, "good.yaml", exampleText());
const bad = file(folder, "bad.yaml", exampleText({ replicas: 0, region: "mars" }));
const [NODE, ...COMMAND] = redisElastigroup() as [string, ...string[]];

function spawned(...argv: string[]) {
  return spawnedWith("", ...argv);
}

/** Runs a command line with this standard input. */
function spawnedWith(input: string, ...argv: string[]) {
  return spawnSync(NODE, [...COMMAND, ...argv], { cwd: folder, encoding: "utf8", input });
}

test.each(["-v", "--version"])("%s prints the package's version and nothing else", (option) => {
  const { status, stdout, stderr } = spawned(option);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("help goes to stdout and exits with 0", async () => {
  expect(await run("--help")).toMatchObject({
    exit: 0,
    stderr: "",
    stdout: expect.stringContaining("synth") as string,
  });
  const { exit, stdout } = await run("synth", "--help");
  expect(exit).toBe(0);
  expect(stdout).toContain("--check");
});

test.each([
  [["bogus"]],
  [["synth", "--bogus"]],
  [[]],
  [["review", "extra"]],
  [["-c"]],
  [["plan"]],
  [["plan", "a", "b"]],
])("the wrong command line %j exits with 1 and prints nothing on stdout", async (argv) => {
  const { exit, stdout, stderr } = await run(...argv);
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
  expect(stderr).not.toBe("");
});

test("a wrong command line is a diagnostic under --json", async () => {
  const ended = await run("--json", "bogus");
  expect(ended).toMatchObject({ exit: 1, stderr: "" });
  expect(json(ended)).toMatchObject({ format_version: "1.0", valid: false, error_count: 1 });
});

test("each mistake in a config is one line on stderr, without a stack trace", () => {
  const { status, stdout, stderr } = spawned("review", "-c", "bad.yaml");
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr.trimEnd().split("\n")).toEqual([
    expect.stringMatching(/^bad\.yaml:2:9: `region` must/),
    expect.stringMatching(/^bad\.yaml:5:11: `replicas` must/),
  ]);
});

test("under --json mistakes are diagnostics in the format of `terraform validate -json`", async () => {
  const ended = await run("--json", "review", "-c", bad);
  expect(ended).toMatchObject({ exit: 1, stderr: "" });
  expect(json(ended)).toMatchObject({
    valid: false,
    error_count: 2,
    diagnostics: [
      { severity: "error", range: { filename: bad, start: { line: 2, column: 9 } } },
      { severity: "error", range: { filename: bad, start: { line: 5, column: 11 } } },
    ],
  });
});

test("global options can be before or after the command", async () => {
  const before = await run("-c", good, "--json", "review");
  const after = await run("review", "-c", good, "--json");
  expect(after).toEqual(before);
  expect(before.exit).toBe(0);
});

test("without --config the default file in the current folder is read", () => {
  const { status, stderr } = spawned("review");
  expect(status).toBe(1);
  expect(stderr).toBe("redis-replicas.yaml: there is no such file; name another with --config\n");
});

describe("`--config -` is standard input", () => {
  test.each(["render", "policy"])("for %s", (command) => {
    expect(spawnedWith(exampleText(), command, "-c", "-")).toMatchObject({ status: 0 });
  });

  test("its positions are those of stdin", () => {
    const { status, stderr } = spawnedWith(exampleText({ region: "mars" }), "review", "-c", "-");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^stdin:2:9: `region` must .*\n$/);
  });

  test("it may be JSON that is indented with tabs, as a `.json` file", () => {
    const text = JSON.stringify(example(), undefined, "\t");
    const { stdout } = spawnedWith(text, "review", "-c", "-");
    expect(stdout).toMatch(/^redis-replicas \(stdin\)\n/);
  });

  test("it may arrive late", async () => {
    const child = spawn(NODE, [...COMMAND, "review", "-c", "-"], { cwd: folder });
    setTimeout(() => child.stdin.end(exampleText()), 3000);
    let stderr = "";
    child.stderr.on("data", (chunk) => (stderr += String(chunk)));
    child.stdout.resume();
    const status = await new Promise((resolve) => child.on("close", resolve));
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("beside another file, both are stacks", () => {
    const input = exampleText({ name: "other" });
    const { status, stderr } = spawnedWith(input, "synth", "-c", "-", "-c", "good.yaml", "-o", "both");
    expect([status, stderr]).toEqual([0, "both: 3 of 3 files written\n"]);
  });

  test("given twice is refused", () => {
    const { status, stderr } = spawnedWith(exampleText(), "review", "-c", "-", "-c", "-");
    expect([status, stderr]).toEqual([
      1,
      "-: standard input must be given once, since it can be read only once\n",
    ]);
  });

  test("empty standard input is one line about all missing keys", () => {
    expect(spawnedWith("", "review", "-c", "-")).toMatchObject({
      status: 1,
      stderr:
        "stdin:1:1: the file must have the keys of a cluster, such as name, region and masters, got: null\n",
    });
  });
});

test("a reader that stops early is not a failure", async () => {
  const large = { ...example(), redis: { directives: { hz: "5" } } };
  file(folder, "large.json", JSON.stringify(large));
  const child = spawn(NODE, [...COMMAND, "render", "-c", "large.json"], { cwd: folder });
  let stderr = "";
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  child.stdout.destroy();
  const status = await new Promise((resolve) => child.on("close", resolve));
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
