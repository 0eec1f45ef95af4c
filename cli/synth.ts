import { type Command } from "commander";
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadConfigs, type LoadedConfig } from "../config/load";
import { assemble, assembleModules } from "./assembly";
import { readIfThere, writeAtomically } from "./atomic";
import { type Context, EXIT, type Exit } from "./command";
import { type Warning } from "./output";

/** What a stack's folder holds; one without it is not ours to judge. */
const STACK_FILE = "cdk.tf.json";

export function define(command: Command): void {
  command
    .option("-o, --output <dir>", "folder of the Terraform JSON (default: cdktf.out; of modules: modules)")
    .option("--module", "write DIR/<name>/main.tf.json to be called from HCL: no provider, no backend")
    .option("--check", "write nothing; exit 2 and name the files that differ");
}

/**
 * `DIR/stacks/<name>/cdk.tf.json` and `DIR/manifest.json`, as `cdktf synth` writes them; or modules, in a folder
 * where others may have theirs.
 */
export function run({ files, options, output }: Context): Exit {
  const modules = options["module"] === true;
  const directory = (options["output"] as string | undefined) ?? (modules ? "modules" : "cdktf.out");
  const loaded = loadConfigs(files);
  if (modules) for (const remark of leftOut(loaded)) output.warn(remark);
  const assembly = modules ? assembleModules(loaded) : assemble(loaded);
  for (const message of assembly.remarks) output.warn({ file: directory, message });
  const stale = modules ? [] : staleFiles(directory, assembly.files);
  const changed = [...assembly.files].filter(
    ([path, content]) => readIfThere(join(directory, path)) !== content,
  );
  const differing = [...changed.map(([path]) => join(directory, path)), ...stale];
  if (options["check"]) {
    output.data(differing.map((file) => `${file}\n`).join(""), {
      directory,
      equal: differing.length === 0,
      differing,
    });
    if (differing.length > 0) output.talk(`${differing.length} differ, are missing or are left over`);
    return differing.length === 0 ? EXIT.fine : EXIT.differences;
  }
  // The manifest comes last: whoever reads it finds the stacks it names.
  for (const [path, content] of changed) writeAtomically(join(directory, path), content);
  stale.forEach(removeStackFile);
  output.data("", {
    directory,
    files: [...assembly.files.keys()],
    written: changed.map(([path]) => path),
    removed: stale,
  });
  output.talk(summary(directory, assembly.files.size, changed.length, stale.length));
  return EXIT.fine;
}

/** What a file says that only a root module can. */
function leftOut(loaded: readonly LoadedConfig[]): Warning[] {
  return loaded.flatMap(({ config, source: { file } }) =>
    (["account", "backend"] as const)
      .filter((key) => config[key] !== undefined)
      .map((key) => ({ file, message: `\`${key}\` is no part of a module; the root module has its own` })),
  );
}

function summary(directory: string, all: number, written: number, removed: number): string {
  const left = removed > 0 ? `, ${removed} removed` : "";
  return `${directory}: ${written} of ${all} files written${left}`;
}

/** The stack files of an earlier run that no config asks for now. */
function staleFiles(directory: string, wanted: ReadonlyMap<string, string>): string[] {
  const stacks = join(directory, "stacks");
  if (!existsSync(stacks)) return [];
  return readdirSync(stacks)
    .map((name) => join("stacks", name, STACK_FILE))
    .filter((path) => !wanted.has(path) && existsSync(join(directory, path)))
    .map((path) => join(directory, path));
}

/** The file, and its folder where nothing else is in it: a state or a lock file is the user's. */
function removeStackFile(file: string): void {
  rmSync(file);
  if (readdirSync(dirname(file)).length === 0) rmdirSync(dirname(file));
}
