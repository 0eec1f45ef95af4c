import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PlanFile } from "../../../rehearsal/injector/plan-file";

describe("PlanFile", () => {
  let directory: string;
  let path: string;
  let problems: string[];
  let file: PlanFile;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "plan-"));
    path = join(directory, "plan.json");
    problems = [];
    file = new PlanFile(path, (text) => problems.push(text));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function put(text: string): void {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  }

  test("has no injections while the file does not exist", () => {
    expect(file.current.size).toBe(0);
  });

  test("is read again when the file changes, and has no injections after it is removed", () => {
    put('{"injections":[{"kind":"drop"}]}');
    expect(file.current.size).toBe(1);
    put('{"injections":[{"kind":"drop"},{"kind":"lost"}]}');
    expect(file.current.size).toBe(2);
    rmSync(path);
    expect(file.current.size).toBe(0);
    expect(problems).toEqual([]);
  });

  test("keeps the last valid plan and reports each invalid version once", () => {
    put('{"injections":[{"kind":"drop"}]}');
    expect(file.current.size).toBe(1);
    put('{"injections":[');
    expect(file.current.size).toBe(1);
    expect(file.current.size).toBe(1);
    expect(problems).toEqual([expect.stringContaining("plan.json")]);
  });
});
