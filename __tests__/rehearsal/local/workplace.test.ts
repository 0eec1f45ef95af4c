import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Workplace } from "../../../rehearsal/local/workplace";

const node = realpathSync(process.execPath);
const idle = ["-e", "console.log('ready'); setInterval(() => undefined, 1000)"];
const open: Workplace[] = [];

function start(...programs: string[]): Workplace {
  const workplace = new Workplace(programs);
  open.push(workplace);
  return workplace;
}

async function processIn(cwd: string) {
  const child = spawn(node, idle, { cwd, stdio: ["ignore", "pipe", "ignore"] });
  await once(child.stdout, "data");
  return child;
}

afterEach(() => Promise.all(open.splice(0).map((workplace) => workplace.close())));

test("closing ends the processes in the folder and below it, and removes the folder", async () => {
  const workplace = start(node);
  const below = join(workplace.directory, "a/b");
  mkdirSync(below, { recursive: true });
  writeFileSync(join(below, "file"), "");
  const children = [await processIn(workplace.directory), await processIn(below)];
  expect(workplace.processes().sort()).toEqual(children.map(({ pid }) => pid!).sort());
  await workplace.close();
  expect(workplace.processes()).toEqual([]);
  expect(existsSync(workplace.directory)).toBe(false);
});

test("a process of another program in the folder is left alone, and so is one in another folder", async () => {
  const workplace = start("/usr/bin/other");
  const elsewhere = start(node);
  const child = await processIn(workplace.directory);
  const other = await processIn(elsewhere.directory);
  expect(workplace.processes()).toEqual([]);
  await workplace.close();
  expect([child.exitCode, child.signalCode, other.exitCode, other.signalCode]).toEqual([
    null,
    null,
    null,
    null,
  ]);
  child.kill("SIGKILL");
});
