import { type Command } from "commander";
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadConfigs, type LoadedConfig } from "../config/load";
import { assemble, assembleModules } from "./assembly";
import { differs, writeFile } from "./write-file";
import { type Context, EXIT, type Exit } from "./command";
import { type Output, type Warning } from "./output";
import { agentArchive } from "../constructs/redis/agent-archive";
import { agentSha256 } from "../constructs/redis/release";

/** The file in a stack's folder. Folders without it are left alone. */
const STACK_FILE = "cdk.tf.json";

export function define(command: Command): void {
  command
    .option("-o, --output <dir>", "folder of the Terraform JSON (default: cdktf.out; with --module: modules)")
    .option("--module", "write modules for HCL, DIR/<name>/main.tf.json, without provider and backend")
    .option("--check", "write nothing; list files that are out of date and exit with 2")
    .option("--agent <file>", "write only the archive for `bootScript.agent`, and print its SHA-256");
}

/**
 * Writes `DIR/stacks/<name>/cdk.tf.json` and `DIR/manifest.json`, like `cdktf synth`; or modules, in a folder that can
 * hold other modules.
 */
export function run({ files, options, output }: Context): Exit {
  const archive = options["agent"];
  if (typeof archive === "string") return writeAgent(archive, options["check"] === true, output);
  const modules = options["module"] === true;
  const directory = (options["output"] as string | undefined) ?? (modules ? "modules" : outputOfApps());
  const loaded = loadConfigs(files);
  if (modules) for (const warning of omittedKeys(loaded)) output.warn(warning);
  const apply = options["check"] ? differs : writeFile;
  const paths: string[] = [];
  const changed: string[] = [];
  // The manifest is last, so that the stacks in it exist.
  (modules ? assembleModules : assemble)(loaded, (path, content) => {
    paths.push(path);
    if (apply(join(directory, path), content)) changed.push(path);
  });
  const outcome = { directory, paths, changed, stale: modules ? [] : staleFiles(directory, new Set(paths)) };
  return options["check"] ? reportDifferences(outcome, output) : reportWritten(outcome, output);
}

/** Writes the archive to host. The bytes depend only on the version. */
function writeAgent(file: string, isCheck: boolean, output: Output): Exit {
  const archive = agentArchive();
  const sha256 = agentSha256();
  const isOther = (isCheck ? differs : writeFile)(file, archive);
  output.data([sha256], {
    file,
    sha256,
    bytes: archive.length,
    [isCheck ? "equal" : "written"]: isOther !== isCheck,
  });
  if (isCheck && isOther)
    output.info(`${file}: not the archive of this version; run \`redis-elastigroup synth --agent ${file}\``);
  return isCheck && isOther ? EXIT.differences : EXIT.success;
}

/** The folder where cdktf-cli, when it runs this as its app, expects the JSON. */
function outputOfApps(): string {
  return process.env["CDKTF_OUTDIR"] || "cdktf.out";
}

/** All files, those that differ, and those of an earlier run. */
interface Outcome {
  readonly directory: string;
  readonly paths: readonly string[];
  readonly changed: readonly string[];
  readonly stale: readonly string[];
}

function reportDifferences({ directory, changed, stale }: Outcome, output: Output): Exit {
  const differing = [...changed.map((path) => join(directory, path)), ...stale];
  output.data(differing, {
    directory,
    equal: differing.length === 0,
    differing,
  });
  if (differing.length > 0)
    output.info(`${plural(differing.length)} out of date; run \`redis-elastigroup synth\``);
  return differing.length === 0 ? EXIT.success : EXIT.differences;
}

function reportWritten({ directory, paths, changed, stale }: Outcome, output: Output): Exit {
  stale.forEach(removeStackFile);
  output.data([], { directory, files: paths, written: changed, removed: stale });
  output.info(summary(directory, paths.length, changed.length, stale.length));
  return EXIT.success;
}

/** A warning for each key that only a root module can have. */
function omittedKeys(loaded: readonly LoadedConfig[]): Warning[] {
  return loaded.flatMap(({ config, source: { file } }) =>
    (["account", "backend"] as const)
      .filter((key) => config[key] !== undefined)
      .map((key) => ({ file, message: `\`${key}\` is not part of a module; set it in the root module` })),
  );
}

function plural(files: number): string {
  return files === 1 ? "1 file is" : `${files} files are`;
}

function summary(directory: string, all: number, written: number, removed: number): string {
  const suffix = removed > 0 ? `, ${removed} removed` : "";
  return `${directory}: ${written} of ${all} files written${suffix}`;
}

/** The stack files of an earlier run whose config is not among the given ones. */
function staleFiles(directory: string, wanted: ReadonlySet<string>): string[] {
  const stacks = join(directory, "stacks");
  if (!existsSync(stacks)) return [];
  return readdirSync(stacks)
    .map((name) => join("stacks", name, STACK_FILE))
    .filter((path) => !wanted.has(path) && existsSync(join(directory, path)))
    .map((path) => join(directory, path));
}

/** Removes the file, and its folder unless a state or lock file is in it. */
function removeStackFile(file: string): void {
  rmSync(file);
  if (readdirSync(dirname(file)).length === 0) rmdirSync(dirname(file));
}
