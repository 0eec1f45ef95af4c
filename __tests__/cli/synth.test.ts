import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { exampleText } from "../config/example";
import { file, temporaryFolder } from "../support/folder";
import { json, run } from "./run";

const folder = temporaryFolder();
const config = file(folder, "one.yaml", exampleText());
const second = file(folder, "two.yaml", exampleText({ name: "second" }));

function output(): string {
  return join(mkdtempSync(join(folder, "case-")), "nested", "out");
}

const stackOf = (directory: string, name = "redis-replicas"): string =>
  join(directory, "stacks", name, "cdk.tf.json");

test("synth writes each stack and the manifest, and creates folders", async () => {
  const directory = output();
  const { exit, stdout } = await run("synth", "-c", config, "-c", second, "-o", directory);
  expect({ exit, stdout }).toEqual({ exit: 0, stdout: "" });
  expect(readdirSync(join(directory, "stacks")).sort()).toEqual(["redis-replicas", "second"]);
  const manifest = JSON.parse(readFileSync(join(directory, "manifest.json"), "utf8")) as { stacks: object };
  expect(Object.keys(manifest.stacks)).toEqual(["redis-replicas", "second"]);
});

test("the bytes depend only on the config", async () => {
  const [a, b] = [output(), output()];
  await run("synth", "-c", config, "-o", a);
  await run("synth", "-c", config, "-o", b);
  expect(readFileSync(stackOf(a))).toEqual(readFileSync(stackOf(b)));
  expect(readFileSync(stackOf(a), "utf8")).not.toContain(folder);
});

test("an unchanged file is not written again", async () => {
  const directory = output();
  await run("synth", "-c", config, "-o", directory);
  const before = statSync(stackOf(directory), { bigint: true });
  const ended = await run("--json", "synth", "-c", config, "-o", directory);
  const after = statSync(stackOf(directory), { bigint: true });
  expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
  expect(json(ended)).toMatchObject({ written: [], removed: [] });
});

test("a stack without a config is removed, but no other file in its folder", async () => {
  const directory = output();
  await run("synth", "-c", config, "-c", second, "-o", directory);
  writeFileSync(join(directory, "stacks/second/terraform.tfstate"), "{}");
  await run("synth", "-c", config, "-o", directory);
  expect(readdirSync(join(directory, "stacks/second"))).toEqual(["terraform.tfstate"]);
});

describe("--check", () => {
  test("exits with 0 without output if all files are up to date", async () => {
    const directory = output();
    await run("synth", "-c", config, "-o", directory);
    expect(await run("synth", "--check", "-c", config, "-o", directory)).toEqual({
      exit: 0,
      stdout: "",
      stderr: "",
    });
  });

  test("exits with 2, lists missing files, and writes nothing", async () => {
    const directory = output();
    const { exit, stdout } = await run("synth", "--check", "-c", config, "-o", directory);
    expect(exit).toBe(2);
    expect(stdout.trimEnd().split("\n")).toEqual([stackOf(directory), join(directory, "manifest.json")]);
    expect(existsSync(directory)).toBe(false);
  });

  test("lists files that differ and files without a config", async () => {
    const directory = output();
    await run("synth", "-c", config, "-c", second, "-o", directory);
    writeFileSync(stackOf(directory), "{}");
    const ended = await run("--json", "synth", "--check", "-c", config, "-o", directory);
    expect(ended.exit).toBe(2);
    expect(json(ended)).toMatchObject({
      equal: false,
      differing: [stackOf(directory), join(directory, "manifest.json"), stackOf(directory, "second")],
    });
  });
});

describe("a bad config", () => {
  const noise = Array.from({ length: 1200 }, (_, i) =>
    createHash("sha256").update(String(i)).digest("base64"),
  ).join("");

  test.each<[string, string, string]>([
    ["a mistake", exampleText({ replicas: 0 }), "`replicas` must"],
    ["malformed YAML", "a: [1\nb: 2\n", ":2:1: not well-formed"],
    ["a key given twice", "name: a\nname: b\n", ":2:1: `name` must be given once"],
    [
      "too much user data",
      exampleText({ redis: { directives: { hz: noise } } }),
      "`userData` must be at most 16384 bytes after gzip",
    ],
  ])("with %s: one message, exit 1, nothing written", async (_, text, message) => {
    const directory = output();
    const path = file(folder, "bad.yaml", text);
    const { exit, stdout, stderr } = await run("synth", "-c", path, "-o", directory);
    expect({ exit, stdout, lines: stderr.trimEnd().split("\n").length }).toEqual({
      exit: 1,
      stdout: "",
      lines: 1,
    });
    expect(stderr).toContain(message);
    expect(existsSync(directory)).toBe(false);
  });

  test("two configs with the same name are refused", async () => {
    const again = file(folder, "again.yaml", exampleText());
    const { exit, stderr } = await run("synth", "-c", config, "-c", again, "-o", output());
    expect(exit).toBe(1);
    expect(stderr).toContain("`name` must be unique among the config files");
  });

  test("with one bad config no file is written", async () => {
    const directory = output();
    const { exit } = await run("synth", "-c", config, "-c", join(folder, "none.yaml"), "-o", directory);
    expect(exit).toBe(1);
    expect(existsSync(directory)).toBe(false);
  });
});

test("a folder that cannot be written is one message", async () => {
  const blocked = file(folder, "blocked", "a file, not a folder");
  const { exit, stderr } = await run("synth", "-c", config, "-o", join(blocked, "out"));
  expect(exit).toBe(1);
  expect(stderr.trimEnd().split("\n")).toEqual([
    expect.stringMatching(/: the file cannot be written: .* \(ENOTDIR\)$/),
  ]);
});

test("the folder that cdktf-cli sets is used", async () => {
  const before = { ...process.env };
  const directory = output();
  process.env["CDKTF_OUTDIR"] = directory;
  try {
    expect(await run("synth", "-c", config)).toMatchObject({ exit: 0 });
  } finally {
    process.env = before;
  }
  expect(existsSync(stackOf(directory))).toBe(true);
});

test("other variables of cdktf-cli have no effect", async () => {
  const directory = output();
  mkdirSync(join(folder, "elsewhere"), { recursive: true });
  const before = { ...process.env };
  process.env["SYNTH_HCL_OUTPUT"] = "true";
  process.env["CDKTF_OUTDIR"] = join(folder, "elsewhere");
  try {
    await run("synth", "-c", config, "-o", directory);
  } finally {
    process.env = before;
  }
  expect(existsSync(stackOf(directory))).toBe(true);
  expect(readdirSync(join(folder, "elsewhere"))).toEqual([]);
});
