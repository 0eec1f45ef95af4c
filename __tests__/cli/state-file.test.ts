import { rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { StateFile, statePath, worker, type Worker } from "../../cli/state-file";
import { temporaryFolder } from "../config/example";

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
  for (const process of [
    { host: hostname(), pid: 2 ** 22 + 1 },
    { host: "elsewhere", pid: 1 },
  ]) {
    file.write({ process });
    expect(file.read()).toEqual({ process });
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

test("a lock that is left behind is named", () => {
  writeFileSync(`${path}.lock`, "");
  expect(() => stateFile().claim({ process: worker() })).toThrow(`if none does, remove ${path}.lock`);
  rmSync(`${path}.lock`);
});

test("its default path is beside the config", () => {
  expect(statePath("production/redis.yaml", "cache", "roll")).toBe("production/cache.roll.json");
  expect(statePath("-", "cache", "retire")).toBe("cache.retire.json");
});
