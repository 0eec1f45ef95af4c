import { build, type Plugin } from "esbuild";
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");
/** What tests run in processes of their own. */
const ENTRIES = [
  "bench/index.ts",
  "bench/minimal-app.ts",
  "cli/index.ts",
  "constructs/index.ts",
  "main.ts",
  "rehearsal/enclosure.ts",
  "rehearsal/injector/serve.ts",
  "rehearsal/rehearse.ts",
  "rehearsal/spot-api/serve.ts",
] as const;

/**
 * Bundles the sources once for a run of tests: tsx would take two seconds at each start. Returns the folder. It is in
 * `node_modules`, where the frameworks are found, which are not part of the bundles.
 */
export async function writeBundles(): Promise<string> {
  const cache = join(ROOT, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "bundles-"));
  const bundles = ENTRIES.map((entry) =>
    build({
      entryPoints: [join(ROOT, entry)],
      outfile: fileIn(folder, entry),
      bundle: true,
      platform: "node",
      // A tenth of a start: Node compiles less text.
      ...{ minifyWhitespace: true, minifySyntax: true },
      external: ["cdktf", "constructs", "@cdktf/*", "esbuild"],
      plugins: [asOnDisk(join(ROOT, entry))],
      logOverride: { "require-resolve-not-external": "silent" },
      logLevel: "warning",
    }),
  );
  await Promise.all(bundles);
  return folder;
}

/** Each module of a bundle finds its files where it is in the checkout, and only the entry is the main module. */
function asOnDisk(entry: string): Plugin {
  const contentsOf = (path: string): string => {
    const contents = readFileSync(path, "utf8")
      .replaceAll("__dirname", JSON.stringify(dirname(path)))
      .replaceAll("__filename", JSON.stringify(path));
    return path === entry ? contents : contents.replaceAll("require.main === module", "false");
  };
  return {
    name: "as-on-disk",
    setup: (bundler) =>
      bundler.onLoad({ filter: /\.ts$/ }, ({ path }) => ({ contents: contentsOf(path), loader: "ts" })),
  };
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
