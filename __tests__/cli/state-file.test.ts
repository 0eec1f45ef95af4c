import { writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { StateFile, statePath, type Worker } from "../../cli/state-file";
import { temporaryFolder } from "../config/example";

const folder = temporaryFolder();
const path = join(folder, "redis.roll.json");
const file = new StateFile<{ readonly process: Worker }>(path, {
  parse: (text) => JSON.parse(text) as { process: Worker },
  format: (state) => JSON.stringify(state),
});

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

test("its default path is beside the config", () => {
  expect(statePath("production/redis.yaml", "cache", "roll")).toBe("production/cache.roll.json");
  expect(statePath("-", "cache", "retire")).toBe("cache.retire.json");
});
