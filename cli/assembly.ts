import { App } from "cdktf";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { type BootScript, type RedisReplicas, type RedisReplicasStack } from "../constructs";
import { type LoadedConfig } from "../config/load";
import { addStacks, type StackOptions } from "../config/stack";

/** What steers an app that cdktf-cli runs; here the command's own options do. */
const FOREIGN = ["CDKTF_CONTEXT_JSON", "CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS", "SYNTH_HCL_OUTPUT"];

/** Runs with the stacks of all configs, built in a private folder that is gone afterwards. */
export function withStacks<T>(
  loaded: readonly LoadedConfig[],
  use: (stacks: RedisReplicasStack[], app: App) => T,
  options: StackOptions = {},
): T {
  for (const name of FOREIGN) delete process.env[name];
  const before = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
  // Each of cdktf's many tokens writes down its call stack, which only its own error messages show.
  Error.prepareStackTrace = () => "";
  const outdir = mkdtempSync(join(tmpdir(), "redis-elastigroup-"));
  try {
    const app = new App({ outdir, stackTraces: false });
    return use(addStacks(app, loaded, options), app);
  } finally {
    if (before) Object.defineProperty(Error, "prepareStackTrace", before);
    else Reflect.deleteProperty(Error, "prepareStackTrace");
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** A synthesized app: its files by path inside the output folder, and what cdktf had to remark. */
export interface Assembly {
  readonly files: ReadonlyMap<string, string>;
  readonly remarks: readonly string[];
}

const MANIFEST = "manifest.json";

interface Manifest {
  readonly stacks: Record<
    string,
    { synthesizedStackPath: string; annotations: { level: string; message: string }[] }
  >;
}

/** Synthesizes all configs as one app. */
export function assemble(loaded: readonly LoadedConfig[]): Assembly {
  return withStacks(loaded, (_, app) => synthesized(app));
}

function synthesized(app: App): Assembly {
  app.synth();
  const read = (path: string): string => readFileSync(join(app.outdir, path), "utf8");
  const manifest = read(MANIFEST);
  const stacks = Object.entries((JSON.parse(manifest) as Manifest).stacks);
  return {
    files: new Map([
      ...stacks.map(([, stack]) => [stack.synthesizedStackPath, read(stack.synthesizedStackPath)] as const),
      [MANIFEST, manifest] as const,
    ]),
    remarks: stacks.flatMap(([name, { annotations }]) =>
      annotations.map(({ message }) => `${name}: ${message}`),
    ),
  };
}

/** Synthesizes each config as a module that a root module calls: `<name>/main.tf.json`. */
export function assembleModules(loaded: readonly LoadedConfig[]): Assembly {
  const assembly = withStacks(loaded, (_, app) => synthesized(app), { module: true });
  const modules = [...assembly.files].filter(([path]) => path !== MANIFEST);
  const own = (path: string): string => join(basename(dirname(path)), "main.tf.json");
  return { ...assembly, files: new Map(modules.map(([path, content]) => [own(path), content])) };
}

/** The boot script in a stack; with shards the first one's, for the others differ in the setting SHARD alone. */
export function bootScriptOf(stack: RedisReplicasStack): BootScript {
  return (stack.node.findChild("replicas") as RedisReplicas).members[0]!.bootScript;
}
