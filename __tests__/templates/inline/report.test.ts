import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith } from "../../support/needs";
import { agent, type ShellResult } from "../../support/shell";

describeWith(["bash"], "reports", () => {
  let run: string;

  beforeEach(() => {
    run = mkdtempSync(join(tmpdir(), "run-"));
  });

  afterEach(() => {
    rmSync(run, { recursive: true });
  });

  const report = (script: string, stdin = ""): ShellResult =>
    agent(["report", "view", "data"], script, { env: { RUN: run, ETC: run, DATA: run }, stdin });

  test("a state is said once, and again when it changes", () => {
    const { stderr } = report("state waiting a; state waiting a; state waiting b");
    expect(stderr).toBe("redis-replica: waiting: a\nredis-replica: waiting: b\n");
    expect(readFileSync(join(run, "state"), "utf8")).toBe("waiting: b\n");
  });

  test("a state is measured, with the time of its last change", () => {
    report("state waiting a; state 'in sync' b");
    const metrics = readFileSync(join(run, "redis-replica.prom"), "utf8");
    expect(metrics.replace(/\d{10}/, "NOW").split("\n")).toEqual([
      'redis_replica_state{state="waiting"} 0',
      'redis_replica_state{state="in sync"} 1',
      "redis_replica_state_since_seconds NOW",
      'redis_replica_state{state="promoted"} 0',
      'redis_replica_state{state="refused"} 0',
      "",
    ]);
  });

  test("a hook gets the state, and not the lock that a step holds", () => {
    mkdirSync(join(run, "hooks.d"));
    const hook = join(run, "hooks.d/promoted");
    writeFileSync(hook, `#!/bin/sh\n(echo "$1"; ls /proc/$$/fd) >"${run}/told"\n`);
    chmodSync(hook, 0o755);
    report(`exec 9>"${run}/lock"; state promoted 'owns slots'`);
    const [text, ...descriptors] = readFileSync(join(run, "told"), "utf8").trim().split("\n");
    expect(text).toBe("promoted: owns slots");
    expect(descriptors).not.toContain("9");
  });

  test("what is late exits with 10 and leaves no latch", () => {
    expect(report("later 'not yet'").code).toBe(10);
    expect(existsSync(join(run, "refused"))).toBe(false);
  });

  test("a refusal exits with 20, leaves a latch with its reason and says how to lift it", () => {
    const { code, stderr } = report("refuse 'two machines'");
    expect(code).toBe(20);
    expect(readFileSync(join(run, "refused"), "utf8")).toBe("two machines\n");
    expect(stderr).toContain("redis-replica retry");
    expect(stderr).toContain("redis-replica accept");
  });

  test("what a person accepts is not on the volume, whose images would bring it back", () => {
    agent(["report"], "systemctl() { true; }; accept", { env: { RUN: run, STATE: join(run, "volume") } });
    expect(readdirSync(run)).toEqual(["accepted"]);
  });

  test.each([
    ["", 10, "not started"],
    ["in sync: x", 0, "in sync: x"],
    ["promoted: x", 0, "promoted: x"],
    ["waiting: x", 10, "waiting: x"],
    ["refused: x", 20, "refused: x"],
  ])("status of %j exits with %d", (state, code, text) => {
    if (state) writeFileSync(join(run, "state"), `${state}\n`);
    expect(report("status")).toMatchObject({ code, stdout: text });
  });

  test("a file is replaced only when it differs, and leaves nothing beside it", () => {
    const file = join(run, "deep/file");
    report(`write "${file}"`, "one\n");
    const { ino } = statSync(file);
    report(`write "${file}"`, "one\n");
    expect(statSync(file).ino).toBe(ino);
    report(`write "${file}"`, "two\n");
    expect(statSync(file).ino).not.toBe(ino);
    expect(readFileSync(file, "utf8")).toBe("two\n");
    expect(readdirSync(join(run, "deep"))).toEqual(["file"]);
  });

  test("a file that ends in NULs, as a power cut may leave it, is replaced by the text before them", () => {
    const file = join(run, "file");
    writeFileSync(file, "one\n\0\0\0");
    report(`write "${file}"`, "one\n");
    expect(readFileSync(file, "utf8")).toBe("one\n");
  });

  test("a state is said where the file of the last one is empty", () => {
    writeFileSync(join(run, "state"), "");
    expect(report("state waiting a")).toMatchObject({ code: 0, stderr: "redis-replica: waiting: a\n" });
  });
});
