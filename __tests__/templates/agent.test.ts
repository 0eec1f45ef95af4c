import { execFile, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { missing } from "../support/needs";

/** One test of Python's unittest, as run.py prints it. */
interface PythonTest {
  readonly id: string;
  readonly module: string;
  readonly title: string;
  readonly skipped?: string;
  readonly failure?: string;
}

const RUN = join(__dirname, "run.py");
/** Its tests mostly wait for real servers, so they run beside the others. */
const WITH_SERVERS = "test_rights";
const [absent] = missing(["python3 >= 3.9"]);

function parse(stdout: string): PythonTest[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as PythonTest);
}

/** All tests with the module that they test. Without Python, their names are read from the sources. */
function list(): PythonTest[] {
  if (absent === undefined) {
    const { status, stdout, stderr } = spawnSync("python3", [RUN, "--list"], { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return parse(stdout);
  }
  return readdirSync(__dirname)
    .filter((name) => /^test_.*\.py$/.test(name))
    .flatMap((name) => {
      const module = name.slice("test_".length, -".py".length);
      const methods = readFileSync(join(__dirname, name), "utf8").matchAll(/def test_(\w+)/g);
      return [...methods].map(([, method = ""]) => {
        const title = method.replace(/_/g, " ");
        return { id: `${module}.${method}`, module, title, skipped: `${absent} not found` };
      });
    });
}

/** What a run prints on stdout. The exit code is not checked: a failed run shows in the tests that are missing. */
function outputOf(...argv: string[]): Promise<string> {
  return new Promise((resolve) =>
    execFile("python3", [RUN, ...argv], { maxBuffer: 64 << 20 }, (error, stdout) => {
      if (error !== null) process.stderr.write(error.message);
      resolve(stdout);
    }),
  );
}

const tests = list();
let results = new Map<string, PythonTest>();

beforeAll(async () => {
  if (absent !== undefined) return;
  const outputs = await Promise.all(["--without", "--only"].map((option) => outputOf(option, WITH_SERVERS)));
  results = new Map(outputs.flatMap(parse).map((result) => [result.id, result]));
  // run.py ends a test that hangs.
}, 900_000);

describe.each([...new Set(tests.map(({ module }) => module))])("the agent's %s", (module) => {
  for (const { id, title, skipped } of tests.filter((each) => each.module === module)) {
    if (skipped) {
      test.skip(`${title} (${skipped})`, () => undefined);
    } else {
      test(`${title}`, () => {
        expect(results.get(id)?.failure ?? "not run").toBe("");
      });
    }
  }
});
