import { buildSync } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");

/** Runs TypeScript code in a separate process. It is written where the framework is found. */
function run(script: string): string {
  const directory = mkdtempSync(join(ROOT, "node_modules/.cache/archiver-"));
  try {
    const outfile = join(directory, "run.js");
    const contents = `import { deferArchiver } from "./cli/archiver";\n${script}`;
    buildSync({
      stdin: { contents, resolveDir: ROOT, loader: "ts" },
      ...{ outfile, bundle: true, platform: "node", external: ["cdktf"] },
    });
    const { stdout, stderr } = spawnSync(process.execPath, [outfile], { cwd: ROOT, encoding: "utf8" });
    return stdout.trim() || stderr;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("the framework starts without its archiver, which is loaded at its first call", () => {
  const script = `
    const loaded = () => Object.keys(require.cache).filter((path) => /archiver[/\\\\]lib/.test(path)).length;
    deferArchiver();
    require("cdktf");
    const before = loaded();
    let made = "no archiver here";
    try {
      const id = require.resolve("archiver", { paths: [require.resolve("cdktf")] });
      made = typeof require(id)("zip").append;
    } catch {}
    console.log(before, made, loaded() > 0);`;
  expect(run(script)).toMatch(/^0 (function true|no archiver here false)$/);
});
