import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "../..");

/** Runs TypeScript code in a separate process. */
function run(script: string): string {
  const directory = mkdtempSync(join(tmpdir(), "archiver-"));
  try {
    writeFileSync(
      join(directory, "run.ts"),
      `import { deferArchiver } from "${ROOT}/cli/archiver";\n${script}`,
    );
    const { stdout, stderr } = spawnSync(join(ROOT, "node_modules/.bin/tsx"), [join(directory, "run.ts")], {
      cwd: ROOT,
      encoding: "utf8",
    });
    return stdout.trim() || stderr;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("the framework starts without its archiver, which is loaded at its first call", () => {
  const script = `
    const loaded = () => Object.keys(require.cache).filter((path) => /archiver[/\\\\]lib/.test(path)).length;
    deferArchiver();
    require("${ROOT}/node_modules/cdktf");
    const before = loaded();
    let made = "no archiver here";
    try {
      const id = require.resolve("archiver", { paths: [require.resolve("${ROOT}/node_modules/cdktf")] });
      made = typeof require(id)("zip").append;
    } catch {}
    console.log(before, made, loaded() > 0);`;
  expect(run(script)).toMatch(/^0 (function true|no archiver here false)$/);
});
