import { App } from "cdktf";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BootScript, type RedisReplicas, type RedisReplicasStack } from "../constructs";
import { type LoadedConfig } from "../config/load";
import { addStacks } from "../config/stack";

/** What steers an app that cdktf-cli runs; here the command's own options do. */
const FOREIGN = ["CDKTF_CONTEXT_JSON", "CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS", "SYNTH_HCL_OUTPUT"];

/** Runs with the stacks of all configs, built in a private folder that is gone afterwards. */
export function withStacks<T>(
  loaded: readonly LoadedConfig[],
  use: (stacks: RedisReplicasStack[], app: App) => T,
): T {
  for (const name of FOREIGN) delete process.env[name];
  const outdir = mkdtempSync(join(tmpdir(), "redis-elastigroup-"));
  try {
    const app = new App({ outdir, stackTraces: false });
    return use(addStacks(app, loaded), app);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** A synthesized app: its files by path inside the output folder, and what cdktf had to remark. */
export interface Assembly {
  readonly files: ReadonlyMap<string, string>;
  readonly remarks: readonly string[];
}

interface Manifest {
  readonly stacks: Record<
    string,
    { synthesizedStackPath: string; annotations: { level: string; message: string }[] }
  >;
}

/** Synthesizes all configs as one app. */
export function assemble(loaded: readonly LoadedConfig[]): Assembly {
  return withStacks(loaded, (_, app) => {
    app.synth();
    const read = (path: string): string => readFileSync(join(app.outdir, path), "utf8");
    const manifest = read("manifest.json");
    const stacks = Object.entries((JSON.parse(manifest) as Manifest).stacks);
    return {
      files: new Map([
        ...stacks.map(([, stack]) => [stack.synthesizedStackPath, read(stack.synthesizedStackPath)] as const),
        ["manifest.json", manifest] as const,
      ]),
      remarks: stacks.flatMap(([name, { annotations }]) =>
        annotations.map(({ message }) => `${name}: ${message}`),
      ),
    };
  });
}

/** The boot script in a stack. */
export function bootScriptOf(stack: RedisReplicasStack): BootScript {
  return (stack.node.findChild("replicas") as RedisReplicas).bootScript;
}
