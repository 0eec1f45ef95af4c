import { type Command } from "commander";
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadConfigs, type LoadedConfig } from "../config/load";
import { assemble, assembleModules } from "./assembly";
import { differs, writeAtomically } from "./atomic";
import { type Context, EXIT, type Exit } from "./command";
import { type Output, type Warning } from "./output";
import { agentArchive } from "../constructs/redis/agent-archive";
import { agentSha256 } from "../constructs/redis/release";

/** What a stack's folder holds; one without it is not ours to judge. */
const STACK_FILE = "cdk.tf.json";

export function define(command: Command): void {
  command
    .option("-o, --output <dir>", "folder of the Terraform JSON (default: cdktf.out; of modules: modules)")
    .option("--module", "write DIR/<name>/main.tf.json to be called from HCL: no provider, no backend")
    .option("--check", "write nothing; exit 2 and name the files that differ")
    .option(
      "--agent <file>",
      "write only the agent's archive, for `bootScript.agent`, and print its SHA-256",
    );
}

/**
 * `DIR/stacks/<name>/cdk.tf.json` and `DIR/manifest.json`, as `cdktf synth` writes them; or modules, in a folder
 * where others may have theirs.
 */
export function run({ files, options, output }: Context): Exit {
  const archive = options["agent"];
  if (typeof archive === "string") return writeAgent(archive, options["check"] === true, output);
  const modules = options["module"] === true;
  const directory = (options["output"] as string | undefined) ?? (modules ? "modules" : outputOfApps());
  const loaded = loadConfigs(files);
  if (modules) for (const remark of leftOut(loaded)) output.warn(remark);
  const apply = options["check"] ? differs : writeAtomically;
  const paths: string[] = [];
  const changed: string[] = [];
  // The manifest comes last: whoever reads it finds the stacks it names.
  (modules ? assembleModules : assemble)(loaded, (path, content) => {
    paths.push(path);
    if (apply(join(directory, path), content)) changed.push(path);
  });
  const outcome = { directory, paths, changed, stale: modules ? [] : staleFiles(directory, new Set(paths)) };
  return options["check"] ? tellDifferences(outcome, output) : tellWritten(outcome, output);
}

/** The archive to host: the same bytes from the same version, whatever the config. */
function writeAgent(file: string, isCheck: boolean, output: Output): Exit {
  const archive = agentArchive();
  const sha256 = agentSha256();
  const isOther = (isCheck ? differs : writeAtomically)(file, archive);
  output.data(`${sha256}\n`, {
    file,
    sha256,
    bytes: archive.length,
    [isCheck ? "equal" : "written"]: isOther !== isCheck,
  });
  if (isCheck && isOther)
    output.talk(`${file}: not this version's archive; run \`redis-elastigroup synth --agent ${file}\``);
  return isCheck && isOther ? EXIT.differences : EXIT.fine;
}

/** As the app of cdktf-cli, which looks for the JSON there. */
function outputOfApps(): string {
  return process.env["CDKTF_OUTDIR"] || "cdktf.out";
}

/** What came of the files: all of them, those that differ, and what an earlier run left over. */
interface Outcome {
  readonly directory: string;
  readonly paths: readonly string[];
  readonly changed: readonly string[];
  readonly stale: readonly string[];
}

function tellDifferences({ directory, changed, stale }: Outcome, output: Output): Exit {
  const differing = [...changed.map((path) => join(directory, path)), ...stale];
  output.data(differing.map((file) => `${file}\n`).join(""), {
    directory,
    equal: differing.length === 0,
    differing,
  });
  if (differing.length > 0) output.talk(`${differing.length} differ, are missing or are left over`);
  return differing.length === 0 ? EXIT.fine : EXIT.differences;
}

function tellWritten({ directory, paths, changed, stale }: Outcome, output: Output): Exit {
  stale.forEach(removeStackFile);
  output.data("", { directory, files: paths, written: changed, removed: stale });
  output.talk(summary(directory, paths.length, changed.length, stale.length));
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
function staleFiles(directory: string, wanted: ReadonlySet<string>): string[] {
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
