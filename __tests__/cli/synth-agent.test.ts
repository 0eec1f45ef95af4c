import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { agentArchive } from "../../constructs/redis/agent-archive";
import { temporaryFolder } from "../support/folder";
import { json, run } from "./run";

const folder = temporaryFolder();
const archive = agentArchive();
const sha256 = createHash("sha256").update(archive).digest("hex");

test("synth --agent writes the archive to host, and prints its SHA-256", async () => {
  const file = join(folder, "agent.tar");
  expect(await run("synth", "--agent", file)).toEqual({ exit: 0, stdout: `${sha256}\n`, stderr: "" });
  expect(readFileSync(file).equals(archive)).toBe(true);
});

test("synth --agent needs no config and writes nothing else", async () => {
  const file = join(folder, "new", "agent.tar");
  expect((await run("synth", "-c", join(folder, "none.yaml"), "--agent", file)).exit).toBe(0);
  expect(readdirSync(join(folder, "new"))).toEqual(["agent.tar"]);
});

test("an up-to-date archive is not written again", async () => {
  const file = join(folder, "same.tar");
  await run("synth", "--agent", file);
  const before = statSync(file).mtimeMs;
  const ended = await run("--json", "synth", "--agent", file);
  expect(json(ended)).toMatchObject({ file, sha256, bytes: archive.length, written: false });
  expect(statSync(file).mtimeMs).toBe(before);
});

test("with --check it writes nothing and exits with 2 if the file differs", async () => {
  const file = join(folder, "old.tar");
  writeFileSync(file, "old");
  const { exit, stdout, stderr } = await run("synth", "--check", "--agent", file);
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: `${sha256}\n` });
  expect(stderr).toBe(
    `${file}: not the archive of this version; run \`redis-elastigroup synth --agent ${file}\`\n`,
  );
  expect(readFileSync(file, "utf8")).toBe("old");
  await run("synth", "--agent", file);
  expect(json(await run("--json", "synth", "--check", "--agent", file))).toMatchObject({ equal: true });
});
