import { execFileSync, execSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { example, exampleText } from "./config/example";
import { file, ROOT, temporaryFolder } from "./support/folder";
import { bundle, redisElastigroup } from "./support/bundle";

const folder = temporaryFolder();
const env = { ...process.env, CHECKPOINT_DISABLE: "1", CDKTF_HOME: join(folder, "home") };

/** A checkout in another folder, with the app and the example. */
function checkout(name: string): string {
  const directory = join(folder, name);
  mkdirSync(directory);
  for (const each of ["main.ts", "cdktf.json", "package.json", "tsconfig.json", "redis-replicas.yaml"]) {
    cpSync(join(ROOT, each), join(directory, each));
  }
  for (const each of ["config", "constructs", "templates"])
    cpSync(join(ROOT, each), join(directory, each), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(directory, "node_modules"));
  return directory;
}

function files(directory: string): Record<string, string> {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    names
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(directory.length + 1), readFileSync(path, "utf8")]),
  );
}

/** Runs main.ts. Its bundle starts faster; `cdktf synth` runs it by tsx. */
function mainTs(cwd: string, ...argv: string[]) {
  return spawnSync(process.execPath, [bundle("main.ts"), ...argv], { cwd, encoding: "utf8", env });
}

test("`cdktf synth` and the CLI write the same bytes in any folder", () => {
  const [first, second] = [checkout("first"), checkout("second")];
  const before = readFileSync(join(first, "cdktf.json"), "utf8");
  execFileSync(join(ROOT, "node_modules/.bin/cdktf"), ["synth"], { cwd: first, env, stdio: "pipe" });
  // What `cdktf synth` runs in a folder. Starting cdktf-cli takes twice as long.
  const { app } = JSON.parse(before) as { app: string };
  execSync(app, { cwd: second, env, stdio: "pipe" });
  for (const cwd of [first, second]) {
    const [node, ...command] = redisElastigroup() as [string, ...string[]];
    execFileSync(node, [...command, "synth", "-o", "by-cli"], { cwd, stdio: "pipe" });
  }
  const expected = files(join(first, "cdktf.out"));
  expect(Object.keys(expected)).toEqual(["manifest.json", "stacks/redis-replicas/cdk.tf.json"]);
  for (const directory of [join(first, "by-cli"), join(second, "cdktf.out"), join(second, "by-cli")]) {
    expect(files(directory)).toEqual(expected);
  }
  // cdktf-cli adds a random project ID if there is none.
  expect(readFileSync(join(first, "cdktf.json"), "utf8")).toEqual(before);
}, 60_000);

test("each file in argv becomes a stack", () => {
  const cwd = mkdtempSync(join(folder, "argv-"));
  const a = file(cwd, "a.yaml", exampleText({ name: "a" }));
  const b = file(cwd, "b.json", JSON.stringify(example({ name: "b" })));
  expect(mainTs(cwd, a, b)).toMatchObject({ status: 0, stderr: "" });
  expect(readdirSync(join(cwd, "cdktf.out/stacks")).sort()).toEqual(["a", "b"]);
});

test("a mistake is one message without a stack trace, exit 1, and no output folder", () => {
  const cwd = mkdtempSync(join(folder, "bad-"));
  file(cwd, "redis-replicas.yaml", exampleText({ replicas: 0 }));
  const { status, stdout, stderr } = mainTs(cwd);
  expect({ status, stdout, stderr }).toEqual({
    status: 1,
    stdout: "",
    stderr: "redis-replicas.yaml:5:11: `replicas` must be a whole number from 1 to 1000, got: 0\n",
  });
  expect(existsSync(join(cwd, "cdktf.out"))).toBe(false);
});

test("a mistake is printed without control characters", () => {
  const cwd = mkdtempSync(join(folder, "control-"));
  file(cwd, "redis-replicas.yaml", exampleText({ imageId: "\u009b2J\u001b[2J" }));
  const { status, stderr } = mainTs(cwd);
  expect(status).toBe(1);
  expect(stderr).toContain("\\u009b2J\\u001b[2J");
});

test("crash reports are off and the project id is fixed", () => {
  const settings = JSON.parse(readFileSync(join(ROOT, "cdktf.json"), "utf8")) as Record<string, unknown>;
  expect(settings).toMatchObject({ sendCrashReports: "false", projectId: expect.any(String) as string });
});

test("only the used parts of the providers are loaded", () => {
  const script = `require(${JSON.stringify(bundle("main.ts"))}); process.stdout.write(Object.keys(require.cache).join("\\n"))`;
  const cwd = mkdtempSync(join(folder, "cache-"));
  file(cwd, "redis-replicas.yaml", exampleText());
  const loaded = execFileSync(process.execPath, ["-e", script], { cwd, encoding: "utf8" }).split("\n");
  expect(loaded.filter((path) => path.includes("provider-aws"))).toEqual([]);
  expect(loaded.some((path) => path.includes("provider-spotinst/lib/elastigroup-aws"))).toBe(true);
  expect(loaded.filter((path) => path.endsWith("provider-spotinst/lib/index.js"))).toEqual([]);
});
