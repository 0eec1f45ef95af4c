import { App, Manifest } from "cdktf";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BootScript, type RedisReplicas, type RedisReplicasStack } from "../constructs";
import { type LoadedConfig } from "../config/load";
import { mapStacks } from "../config/stack";
import { stableJson } from "./stable-json";

/** What steers an app that cdktf-cli runs; here the command's own options do. */
const FOREIGN = ["CDKTF_CONTEXT_JSON", "CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS", "SYNTH_HCL_OUTPUT"];

/** Runs with an app; the folder that it needs is a private one, gone afterwards. */
function withApp<T>(use: (app: App) => T): T {
  for (const name of FOREIGN) delete process.env[name];
  const before = Object.getOwnPropertyDescriptor(Error, "captureStackTrace")!;
  // Each of cdktf's many tokens writes down its call stack, which only its own error messages show.
  Error.captureStackTrace = () => undefined;
  const outdir = mkdtempSync(join(tmpdir(), "redis-elastigroup-"));
  try {
    return use(new App({ outdir, stackTraces: false }));
  } finally {
    Object.defineProperty(Error, "captureStackTrace", before);
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** What is to be had of each config's stack. */
export function fromStacks<T>(loaded: readonly LoadedConfig[], use: (stack: RedisReplicasStack) => T): T[] {
  return withApp((app) => mapStacks(app, loaded, use));
}

/** A synthesized app: its files by path inside the output folder, the manifest last. */
export type Assembly = ReadonlyMap<string, string>;

/** Synthesizes all configs as one app. */
export function assemble(loaded: readonly LoadedConfig[]): Assembly {
  return withApp((app) => {
    const stacks = mapStacks(app, loaded, (stack): [string, string] => [
      app.manifest.forStack(stack).synthesizedStackPath,
      synthesized(stack),
    ]);
    return new Map([...stacks, [Manifest.fileName, stableJson(app.manifest.buildManifest())]]);
  });
}

/** Synthesizes each config as a module that a root module calls: `<name>/main.tf.json`. */
export function assembleModules(loaded: readonly LoadedConfig[]): Assembly {
  const module = (stack: RedisReplicasStack): [string, string] => [
    join(stack.node.id, "main.tf.json"),
    synthesized(stack),
  ];
  return withApp((app) => new Map(mapStacks(app, loaded, module, { module: true })));
}

/**
 * What `App.synth()` would write, less its detour over the disk and what these stacks have no need of: another
 * validation, aspects, and a walk in search of references to other stacks.
 */
function synthesized(stack: RedisReplicasStack): string {
  return stableJson(stack.toTerraform());
}

/** The boot script in a stack; with shards the first one's, for the others differ in the setting SHARD alone. */
export function bootScriptOf(stack: RedisReplicasStack): BootScript {
  return (stack.node.findChild("replicas") as RedisReplicas).members[0]!.bootScript;
}
