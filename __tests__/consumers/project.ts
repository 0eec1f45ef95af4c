import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const ROOT = join(__dirname, "..", "..");

/** Options of an installation. */
export const INSTALLING = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"] as const;

/** The tarball of an edition, which `.ci/packages` has built. */
export function tarball(edition: string): string {
  const folder = process.env["PACKAGES"];
  if (folder === undefined) throw new Error("run .ci/packages: it builds the packages and sets PACKAGES");
  const name = readdirSync(folder).find((each) => each.startsWith(`${edition}-`) && each.endsWith(".tgz"));
  if (name === undefined) throw new Error(`${folder} does not have ${edition}`);
  return join(folder, name);
}

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project of a user, in a folder outside the checkout. It is removed after the tests of a file. */
export class Project {
  public readonly folder = mkdtempSync(join(tmpdir(), "consumer-"));

  constructor() {
    afterAll(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  /** Installs packages by version or path, as `npm install` would with this package.json. */
  public install(dependencies: Record<string, string>, more: Record<string, unknown> = {}): void {
    this.write("package.json", JSON.stringify({ private: true, dependencies, ...more }));
    this.must("npm", "install", ...INSTALLING);
  }

  public write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  public read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  /** All files of a folder by their path in it, with their text. */
  public files(folder: string): Record<string, string> {
    return Object.fromEntries(
      readdirSync(join(this.folder, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(join(this.folder, folder).length + 1))
        .sort()
        .map((path) => [path, this.read(join(folder, path))]),
    );
  }

  public run(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Outcome {
    const [command = "", ...args] = argv;
    return spawnSync(command, args, {
      cwd: this.folder,
      encoding: "utf8",
      timeout: 300_000,
      env: {
        ...process.env,
        CHECKPOINT_DISABLE: "1",
        DISABLE_VERSION_CHECK: "1",
        CDKTF_HOME: join(this.folder, ".home"),
        ...env,
      },
    });
  }

  /** Runs a command that must succeed. */
  public must(...argv: readonly string[]): string {
    const { status, stdout, stderr } = this.run(argv);
    if (status !== 0) throw new Error(`${argv.join(" ")}: exit ${status}\n${stderr}${stdout}`);
    return stdout;
  }

  /** Compiles a TypeScript file; with `checked`, the packages' types are checked too. */
  public compile(file: string, { checked }: { checked: boolean }): Outcome {
    const options = `--strict --skipLibCheck ${!checked} --module node16 --target es2022 --types node`.split(
      " ",
    );
    return this.run([process.execPath, join(ROOT, "node_modules/typescript/bin/tsc"), ...options, file]);
  }
}
