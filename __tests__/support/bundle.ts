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
/** Published as one file, so that all its modules have one `__dirname`. */
const PUBLISHED = "cli/index.ts";

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
      // A start is a tenth faster, since Node compiles less text. An error shows its line, which must not be the whole file.
      ...{ minifyWhitespace: true, minifySyntax: true, lineLimit: 200 },
      external: ["cdktf", "constructs", "@cdktf/*", "esbuild"],
      ...(entry === PUBLISHED
        ? { define: { __dirname: JSON.stringify(join(ROOT, dirname(entry))) } }
        : { plugins: [asOnDisk(join(ROOT, entry))] }),
      logOverride: { "require-resolve-not-external": "silent" },
      logLevel: "warning",
    }),
  );
  await Promise.all(bundles);
  return folder;
}

/** Gives each module the `__dirname` and `__filename` of its source. Only the entry is the main module. */
function asOnDisk(entry: string): Plugin {
  const contentsOf = (path: string): string => {
    const contents = readFileSync(path, "utf8")
      .replaceAll("__dirname", () => JSON.stringify(dirname(path)))
      .replaceAll("__filename", () => JSON.stringify(path));
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
