import { buildSync } from "esbuild";
import { mkdirSync, mkdtempSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");
/** What tests run in processes of their own. */
const ENTRIES = ["cli/index.ts", "constructs/index.ts", "main.ts"] as const;

/**
 * Bundles the sources once for a run of tests: tsx would take two seconds at each start. Returns the folder. It is in
 * `node_modules`, where the frameworks are found, which are not part of the bundles.
 */
export function writeBundles(): string {
  const cache = join(ROOT, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "bundles-"));
  for (const entry of ENTRIES)
    buildSync({
      entryPoints: [join(ROOT, entry)],
      outfile: fileIn(folder, entry),
      bundle: true,
      platform: "node",
      external: ["cdktf", "constructs", "@cdktf/*"],
      // Templates and package.json are those of the checkout.
      banner: { js: `__dirname = ${JSON.stringify(join(ROOT, dirname(entry)))};` },
      logOverride: { "require-resolve-not-external": "silent" },
      logLevel: "warning",
    });
  return folder;
}

/** The bundle of this run's sources, made by global-setup.ts. */
export function bundle(entry: (typeof ENTRIES)[number]): string {
  return fileIn(process.env["BUNDLES"]!, entry);
}

/** The beginning of a command line that runs `redis-elastigroup`. */
export function redisElastigroup(): string[] {
  return [process.execPath, bundle("cli/index.ts")];
}

function fileIn(folder: string, entry: string): string {
  return join(folder, entry.replace(/\.ts$/, ".js"));
}
