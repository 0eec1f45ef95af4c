import { App, Manifest } from "cdktf";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BootScript, type RedisReplicas } from "../constructs";
import { type LoadedConfig } from "../config/load";
import { addStacks, type ReplicasStack, type StackOptions } from "../config/stack";
import { stableJson } from "./stable-json";

/** Variables that configure an app that cdktf-cli runs. Here the command's options count. */
const CDKTF_VARIABLES = [
  "CDKTF_CONTEXT_JSON",
  "CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS",
  "SYNTH_HCL_OUTPUT",
];

/** Runs with the stacks of all configs, which are valid. The folder that an app needs is temporary. */
function withStacks<T>(
  loaded: readonly LoadedConfig[],
  options: StackOptions,
  use: (stacks: ReplicasStack[], app: App) => T,
): T {
  for (const name of CDKTF_VARIABLES) delete process.env[name];
  const outdir = mkdtempSync(join(tmpdir(), "redis-elastigroup-"));
  try {
    const app = new App({ outdir, stackTraces: false });
    return withoutTraces(() => use(addStacks(app, loaded, options), app));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** Each of cdktf's many tokens records where it was created. Only cdktf's error messages show that. */
function withoutTraces<T>(use: () => T): T {
  const before = Object.getOwnPropertyDescriptor(Error, "captureStackTrace")!;
  Error.captureStackTrace = () => undefined;
  try {
    return use();
  } finally {
    Object.defineProperty(Error, "captureStackTrace", before);
  }
}

/** A value from each config's stack. */
export function fromStacks<T>(loaded: readonly LoadedConfig[], use: (stack: ReplicasStack) => T): T[] {
  return withStacks(loaded, {}, (stacks) => stacks.map(use));
}

/** Takes one synthesized file, by its path inside the output folder. */
export type TakeFile = (path: string, content: string) => void;

/**
 * Synthesizes all configs as one app, the manifest last. Each file is passed on immediately, since all of them together
 * take far more memory than the stacks.
 */
export function assemble(loaded: readonly LoadedConfig[], take: TakeFile): void {
  withStacks(loaded, {}, (stacks, { manifest }) => {
    for (const stack of stacks) take(manifest.forStack(stack).synthesizedStackPath, synthesized(stack));
    take(Manifest.fileName, stableJson(manifest.buildManifest()));
  });
}

/** Synthesizes each config as a module that a root module calls: `<name>/main.tf.json`. */
export function assembleModules(loaded: readonly LoadedConfig[], take: TakeFile): void {
  withStacks(loaded, { module: true }, (stacks) => {
    for (const stack of stacks) take(join(stack.node.id, "main.tf.json"), synthesized(stack));
  });
}

/**
 * What `App.synth()` would write, without the disk and without steps that have no effect on these valid stacks: aspects,
 * annotations, and a second resolve for references to other stacks.
 */
function synthesized(stack: ReplicasStack): string {
  return stableJson(stack.toTerraform());
}

/** The boot script of a stack. With shards that of the first; the others differ only in the setting SHARD. */
export function bootScriptOf(stack: ReplicasStack): BootScript {
  return (stack.node.findChild("replicas") as RedisReplicas).groups[0]!.bootScript;
}
