import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith } from "../../support/needs";
import { agent } from "../../support/shell";

const PARTS = ["report", "machine", "view", "data", "nodes-conf", "proof", "prepare", "join", "stop"];

describeWith(["bash"], "the end of Redis", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "stop-"));
    for (const folder of ["run", "state", "data"]) mkdirSync(join(root, folder));
    writeFileSync(join(root, "run/started"), "");
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  /** Runs a script beside a Redis of that role, which tells what it is asked to set. */
  function run(role: string, script: string, mainPid = "7"): string {
    const stubs = `ask() { case "$2 \${3:-}" in "role ") echo ${role} ;; "config set") echo "set $4 $5" >&3 ;; esac; }
      view() { true; }
      in_sync() { true; }
      write_receipt() { echo receipt >&3; }
      exec 3>&1 >/dev/null\n`;
    const env = {
      RUN: `${root}/run`,
      STATE: `${root}/state`,
      DATA: `${root}/data`,
      VIEW: `${root}/run/view`,
      ETC: root,
    };
    return agent(PARTS, stubs + script, { env: { ...env, PORT: "6379", MAINPID: mainPid } }).stdout;
  }

  function wholeAppendOnlyFile(): void {
    mkdirSync(join(root, "data/appendonlydir"), { recursive: true });
    writeFileSync(join(root, "data/appendonlydir/appendonly.aof.manifest"), "");
  }

  test("is not kept up by an append-only file that is still written for the first time", () => {
    mkdirSync(join(root, "data/appendonlydir"));
    expect(run("master", "stop")).toBe("set appendonly no");
    expect(run("master", "promoted here me")).toBe("");
  });

  test("leaves a promoted node its append-only file, and a replica none", () => {
    wholeAppendOnlyFile();
    expect(run("master", "stop")).toBe("");
    expect(run("slave", "stop")).toBe("set appendonly no");
  });

  test("leaves a receipt where systemd has ended it", () => {
    expect(run("master", "stop; stopped success")).toContain("receipt");
  });

  test("leaves none where it has ended by itself: it may have saved nothing", () => {
    expect(run("''", "stop; stopped success", "")).not.toContain("receipt");
  });

  test.each([
    ["exit-code", "1", true],
    ["signal", "SEGV", true],
    ["core-dump", "ABRT", true],
    ["signal", "KILL", false],
    ["oom-kill", "KILL", false],
    ["success", "0", false],
  ])("has its data looked at where Redis gave up or crashed (%s, %s: %s)", (result, status, looked) => {
    run("''", `EXIT_STATUS=${status} stopped ${result}`);
    expect(existsSync(join(root, "run/failed"))).toBe(looked);
  });

  test("begins the wait for an election anew, and lets the next life switch things on", () => {
    writeFileSync(join(root, "run/since"), "1");
    run("slave", "stop; stopped signal");
    expect(["since", "started", "stopping"].filter((name) => existsSync(join(root, "run", name)))).toEqual(
      [],
    );
  });
});
