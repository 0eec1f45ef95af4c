import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { BootScript } from "../../constructs";
import { exampleText } from "../config/example";
import { file, temporaryFolder } from "../support/folder";
import { json, run } from "./run";

const folder = temporaryFolder();
const config = file(
  folder,
  "one.yaml",
  exampleText({ redis: { directives: { "proc-title-template": "${x} it's %{y}" } } }),
);
const variables = file(folder, "variables.yaml", exampleText({ masters: [{ variable: "master_ip" }] }));

test("the user data is printed on stdout as an instance gets it", async () => {
  const { exit, stdout, stderr } = await run("render", "-c", config);
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
  expect(stdout.startsWith("#!/usr/bin/env bash\n")).toBe(true);
  expect(stdout).toContain("MASTERS='10.0.1.10'\n");
});

test("with shards the shard is printed on stderr", async () => {
  const shards = ["a", "b"].map((name, index) => ({ name, master: `10.0.1.1${index}`, replicas: 1 }));
  const path = file(folder, "shards.yaml", exampleText({ replicas: undefined, shards }));
  const { stdout, stderr } = await run("render", "-c", path);
  expect(stdout).toContain("SHARD='10.0.1.10'\n");
  expect(stderr).toBe("user data of shard a; the other shards differ only in the setting SHARD\n");
});

test("bash can parse the user data", async () => {
  const { stdout } = await run("render", "-c", config);
  expect(() =>
    execFileSync("bash", ["-n"], { input: stdout, stdio: ["pipe", "pipe", "pipe"] }),
  ).not.toThrow();
});

test("--json has the size too", async () => {
  const ended = await run("--json", "render", "-c", config);
  expect(json(ended)).toMatchObject({ name: "redis-replicas", limit_bytes: 16384 });
  expect(json(ended)["gzipped_bytes"]).toBeGreaterThan(100);
});

test("a value that is known only to Terraform is printed as its expression", async () => {
  const { stdout } = await run("render", "-c", variables);
  expect(stdout).toContain("var.master_ip");
  expect(stdout).not.toContain("TfToken");
  expect(json(await run("--json", "render", "-c", variables))["gzipped_bytes"]).toBeNull();
});

test("--files writes every file of the instance, programs executable", async () => {
  const directory = join(folder, "tree");
  const { exit, stdout } = await run("render", "-c", config, "--files", directory);
  expect({ exit, stdout }).toEqual({ exit: 0, stdout: "" });
  for (const { path, mode, content } of BootScript.files()) {
    expect(readFileSync(join(directory, path), "utf8")).toBe(content);
    expect((statSync(join(directory, path)).mode & 0o777).toString(8).padStart(4, "0")).toBe(mode);
  }
});

test("a shell that reads the settings file gets the values of the config", async () => {
  const directory = join(folder, "settings");
  await run("render", "-c", config, "--files", directory);
  const settings = join(directory, "etc/redis-replica/settings");
  const read = execFileSync("bash", ["-c", `. "${settings}"; printf %s "$DIRECTIVES"`], { encoding: "utf8" });
  expect(read).toBe("proc-title-template ${x} it's %{y}");
});

test("two configs are refused", async () => {
  const { exit, stderr } = await run("render", "-c", config, "-c", variables);
  expect(exit).toBe(1);
  expect(stderr).toContain("`--config` must name one file");
  expect(existsSync(join(folder, "undefined"))).toBe(false);
});

test("a folder that cannot be written is reported without the config file", async () => {
  const { exit, stderr } = await run("render", "-c", config, "--files", config);
  expect(exit).toBe(1);
  expect(stderr).toMatch(/: the file cannot be written: .* \(ENOTDIR\)\n$/);
});
