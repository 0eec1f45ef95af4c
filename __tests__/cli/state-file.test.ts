import { spawn } from "node:child_process";
import { existsSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { StateFile, statePath } from "../../cli/state-file";
import { worker, type Worker } from "../../cli/worker";
import { until } from "../../rehearsal/wait";
import { temporaryFolder } from "../support/folder";

const folder = temporaryFolder();
const path = join(folder, "redis.roll.json");
type State = { readonly process: Worker };
const stateFile = () => new StateFile<State>(path, (text) => JSON.parse(text) as State);
const file = stateFile();

test("a state on which another process of this host works is refused", () => {
  writeFileSync(path, JSON.stringify({ process: { host: hostname(), pid: process.ppid } }));
  expect(() => file.read()).toThrow(`${path}: process ${process.ppid} works on it`);
});

test("a state whose process has ended is read, and so is one of another host", () => {
  for (const left of [
    { host: hostname(), pid: 2 ** 22 + 1 },
    { host: "elsewhere", pid: 1 },
    // Its ID is that of a process which started at another time, such as after a reboot.
    { host: hostname(), pid: process.ppid, started: "another boot 4711" },
  ]) {
    file.write({ process: left });
    expect(file.read()).toEqual({ process: left });
  }
  file.remove();
  expect(file.read()).toBeUndefined();
});

test.each([
  ["a new state", undefined],
  ["a state that was left behind", { process: { host: "elsewhere", pid: 1 } }],
])("of two processes that begin with %s at the same time, one gets it", (_, before) => {
  file.remove();
  if (before !== undefined) file.write(before);
  const [one, other] = [stateFile(), stateFile()];
  for (const each of [one, other]) expect(each.read()).toEqual(before);
  one.claim({ process: worker() });
  expect(() => other.claim({ process: worker() })).toThrow(`${path}: another process has changed it`);
  expect(file.read()).toEqual({ process: worker() });
});

test("a state is that of a process for as long as this process runs", async () => {
  const source = `require("fs").writeFileSync(${JSON.stringify(path)}, JSON.stringify({ process: worker() }))`;
  const module = join(__dirname, "../../cli/worker.ts");
  const script = `const { worker } = require(${JSON.stringify(module)}); ${source}; setInterval(() => {}, 1000)`;
  const child = spawn(process.execPath, ["--import", "tsx", "-e", script]);
  const exit = new Promise((resolve) => child.once("exit", resolve));
  file.remove();
  await until("it has written the state", { timeout: 20_000 }, () => existsSync(path));
  expect(() => file.read()).toThrow(`process ${child.pid} works on it`);
  child.kill("SIGKILL");
  await exit;
  expect(file.read()).toMatchObject({ process: { pid: child.pid } });
});

test("a lock that another process holds is respected, and one that was left behind is not", () => {
  const lock = `${path}.lock`;
  const claimant = stateFile();
  const state = { process: worker() };
  claimant.read();
  writeFileSync(lock, "");
  expect(() => claimant.claim(state)).toThrow("another process begins to work on it");
  const before = new Date(Date.now() - 60_000);
  utimesSync(lock, before, before);
  claimant.claim(state);
  expect(file.read()).toEqual(state);
  expect(readdirSync(folder)).toEqual(["redis.roll.json"]);
});

test("of two commands on one cluster, one may work at a time", () => {
  const other = join(folder, "redis.retire.json");
  const beside = new StateFile<State>(
    path,
    (text) => JSON.parse(text) as State,
    [other],
    join(folder, "lock"),
  );
  file.remove();
  writeFileSync(other, JSON.stringify({ process: { host: hostname(), pid: 2 ** 22 + 1 } }));
  expect(beside.read()).toBeUndefined();
  // It begins after the first look of the other one.
  writeFileSync(other, JSON.stringify({ process: { host: hostname(), pid: process.ppid } }));
  const problem = `${other}: process ${process.ppid} works on it`;
  expect(() => beside.claim({ process: worker() })).toThrow(problem);
  expect(() => beside.read()).toThrow(problem);
  rmSync(other);
  beside.claim({ process: worker() });
  expect(readdirSync(folder)).toEqual(["redis.roll.json"]);
});

test("a folder in the place of the state is named", () => {
  expect(() => new StateFile<State>(folder, () => ({ process: worker() })).read()).toThrow(
    `${folder}: the file cannot be read: it is a directory (EISDIR)`,
  );
});

test("a folder that cannot be written to is named with its reason before a lock is taken", () => {
  writeFileSync(path, "");
  const below = new StateFile<State>(join(path, "states", "roll.json"), () => ({ process: worker() }));
  expect(() => below.claim({ process: worker() })).toThrow(
    `${path}/states/roll.json: the file cannot be written: a part of its path is no directory (ENOTDIR)`,
  );
});

test("a copy that a killed process with the same ID left behind is overwritten", () => {
  const state = { process: { host: "elsewhere", pid: 2 } };
  writeFileSync(`${path}.${process.pid}.tmp`, "{");
  file.write(state);
  expect(file.read()).toEqual(state);
  expect(readdirSync(folder)).toEqual(["redis.roll.json"]);
});

test("its default path is beside the config", () => {
  expect(statePath("production/redis.yaml", "cache", "roll")).toBe("production/cache.roll.json");
  expect(statePath("-", "cache", "retire")).toBe("cache.retire.json");
});
