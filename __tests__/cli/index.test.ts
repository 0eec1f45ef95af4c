import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { example, exampleText, file, ROOT, temporaryFolder } from "../config/example";
import { json, run } from "./run";

const folder = temporaryFolder();
const good = file(folder, "good.yaml", exampleText());
const bad = file(folder, "bad.yaml", exampleText({ replicas: 0, region: "mars" }));
const COMMAND = [process.execPath, "--import", require.resolve("tsx"), join(ROOT, "cli/index.ts")] as const;

function spawned(...argv: string[]) {
  return spawnSync(COMMAND[0], [...COMMAND.slice(1), ...argv], { cwd: folder, encoding: "utf8" });
}

test("--version prints the package's version and nothing else", () => {
  const { status, stdout, stderr } = spawned("--version");
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

test("a reader that stops early is not a failure", async () => {
  const large = { ...example(), redis: { directives: { hz: "5" } } };
  file(folder, "large.json", JSON.stringify(large));
  const child = spawn(COMMAND[0], [...COMMAND.slice(1), "render", "-c", "large.json"], { cwd: folder });
  let stderr = "";
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  child.stdout.destroy();
  const status = await new Promise((resolve) => child.on("close", resolve));
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
