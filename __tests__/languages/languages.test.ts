import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { Project } from "../consumers/project";
import { describeWith } from "../support/needs";

const ROOT = join(__dirname, "..", "..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** The first snippet of a page with this language and file. */
function snippet(page: string, info: string): string {
  const text = new RegExp(`^\`\`\`${info}\\n([^]*?)^\`\`\`$`, "m").exec(read(page))?.[1];
  if (text === undefined) throw new Error(`${page} has no ${info}`);
  return text;
}

/** A file below the folder that `.ci/languages` has filled. */
function generated(...path: string[]): string {
  const folder = process.env["LANGUAGES"];
  if (folder === undefined) throw new Error("run .ci/languages: it builds the packages and sets LANGUAGES");
  return join(folder, ...path);
}

describe.each([
  ["Java", "java/src/main/java/io/github/cdktf_redis_elastigroup/RedisReplicas.java"],
  ["Go", "go/rediselastigroup/RedisReplicas.go"],
  [".NET", "dotnet/Cdktf.RedisElastigroup/Cdktf/RedisElastigroup/RedisReplicas.cs"],
])("the sources for %s", (_, path) => {
  test("have the constructs under the names of the documentation", () => {
    expect(existsSync(generated(path))).toBe(true);
  });
});

describeWith(["python3 >= 3.9"], "the package for Python, installed by pip,", () => {
  const project = new Project();
  const python = "venv/bin/python";
  // jsii's default is a folder of the user, for all projects.
  const cache = { JSII_RUNTIME_PACKAGE_CACHE_ROOT: join(project.folder, ".cache") };

  beforeAll(() => {
    const wheel = readdirSync(generated("python")).find((name) => name.endsWith(".whl")) ?? "";
    project.must("python3", "-m", "venv", "venv");
    project.must(python, "-m", "pip", "install", "-q", generated("python", wheel));
    // The twins in TypeScript run on the checkout, which was compiled for the package.
    mkdirSync(join(project.folder, "node_modules"));
    for (const name of ["cdktf", "@cdktf"])
      symlinkSync(join(ROOT, "node_modules", name), join(project.folder, "node_modules", name));
    symlinkSync(ROOT, join(project.folder, "node_modules/cdktf-redis-elastigroup"));
  }, 600_000);

  /** What an app writes, by file. */
  function synthesized(command: readonly string[], out: string): Record<string, string> {
    const { status, stderr } = project.run(command, { ...cache, CDKTF_OUTDIR: out });
    expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
    return project.files(out);
  }

  test.each([
    [
      "the app of docs/languages.md",
      snippet("docs/languages.md", "python main.py"),
      snippet("README.md", "ts main.ts"),
    ],
    [
      "an app with each kind of property",
      read("__tests__/languages/app.py"),
      read("__tests__/languages/app.ts").replace("../../constructs", "cdktf-redis-elastigroup"),
    ],
  ])("%s writes the same files as its twin in TypeScript", (_, inPython, inTypeScript) => {
    project.write("main.py", inPython);
    project.write("main.ts", inTypeScript);
    const files = synthesized([python, "main.py"], "from-python");
    expect(Object.keys(files)).toContain("manifest.json");
    expect(files).toEqual(synthesized([join(ROOT, "node_modules/.bin/tsx"), "main.ts"], "from-typescript"));
  });

  test("has no link to a file that a registry does not show", () => {
    const script = "from importlib.metadata import metadata; print(metadata('cdktf-redis-elastigroup'))";
    const description = project.must(python, "-c", script);
    expect(description).toMatch(/\]\(https:.*\/docs\/config\.md\)/);
    expect(description.match(/\]\((?!https:|#)/g)).toBeNull();
  });

  test("has no command, as the documentation says", () => {
    expect(read("docs/languages.md")).toContain(
      "The command `redis-elastigroup` is in the package of npm only.",
    );
    expect(readdirSync(join(project.folder, "venv/bin"))).not.toContain("redis-elastigroup");
  });

  test("reports a wrong value with its property and the rule", () => {
    const app = snippet("docs/languages.md", "python main.py").replace('us-west-2"', 'US"');
    project.write("wrong.py", app);
    const { status, stderr } = project.run([python, "wrong.py"], cache);
    expect(status).toBe(1);
    expect(stderr).toContain("RuntimeError: `region` must ");
  });
});
