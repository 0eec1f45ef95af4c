import { App } from "cdktf";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { assemble, assembleModules, bootScriptOf, fromStacks, type TakeFile } from "../../cli/assembly";
import { loadConfigs } from "../../config/load";
import { addStacks, type StackOptions } from "../../config/stack";
import { exampleText } from "../config/example";
import { file, ROOT, temporaryFolder } from "../support/folder";

const folder = temporaryFolder();
/** The example configs of the project, with different names. */
const loaded = loadConfigs(
  ["redis-replicas.yaml", ...readdirSync(join(ROOT, "examples")).map((name) => join("examples", name))]
    .filter((path) => path.endsWith(".yaml"))
    .map((path) => {
      const named = readFileSync(join(ROOT, path), "utf8").replace(
        /^name: .*$/m,
        `name: ${basename(path, ".yaml")}`,
      );
      return file(folder, basename(path), named);
    }),
);

/** All files by their paths, in the order in which they are written. */
function taken(make: (take: TakeFile) => void): [path: string, content: string][] {
  const files: [string, string][] = [];
  make((path, content) => files.push([path, content]));
  return files;
}

/** The output of cdktf. CDK Terrain writes no line break in empty objects, so one is added. */
function synthesized(options: StackOptions = {}): (path: string) => string {
  const outdir = mkdtempSync(join(folder, "out-"));
  const app = new App({ outdir, stackTraces: false });
  addStacks(app, loaded, options);
  app.synth();
  return (path) =>
    readFileSync(join(outdir, path), "utf8").replace(/^( *)(.*)(\{|\[)(\}|\])(,?)$/gm, "$1$2$3\n$1$4$5");
}

test("the files are those of `App.synth()`, the manifest last", () => {
  const expected = synthesized();
  const paths = [...loaded.map(({ config }) => join("stacks", config.name, "cdk.tf.json")), "manifest.json"];
  const files = taken((take) => assemble(loaded, take));
  expect(files.map(([path]) => path)).toEqual(paths);
  // No stack depends on another one, and none has annotations: both would be in the manifest.
  expect(files).toEqual(paths.map((path) => [path, expected(path)]));
});

test("a module is the stack that `App.synth()` writes for a module", () => {
  const expected = synthesized({ module: true });
  expect(taken((take) => assembleModules(loaded, take))).toEqual(
    loaded.map(({ config: { name } }) => [
      join(name, "main.tf.json"),
      expected(join("stacks", name, "cdk.tf.json")),
    ]),
  );
});

test("no file is passed on before the constructs have accepted every config", () => {
  const good = file(folder, "good.yaml", exampleText());
  // Too large even after gzip, which only the construct of the user data measures.
  const noise = Array.from({ length: 12_000 }, (_, index) => (index * 7919).toString(36)).join("");
  const bad = file(folder, "bad.yaml", exampleText({ name: "bad", redis: { directives: { hz: noise } } }));
  const files: string[] = [];
  const run = (): void => assemble(loadConfigs([good, bad]), (path) => files.push(path));
  expect(run).toThrow(/`userData` must be at most 16384 bytes after gzip/);
  expect(files).toEqual([]);
});

test("a value can be taken from each stack, such as its boot script", () => {
  expect(fromStacks(loaded, (stack) => [stack.node.id, bootScriptOf(stack).text.slice(0, 2)])).toEqual(
    loaded.map(({ config }) => [config.name, "#!"]),
  );
});
