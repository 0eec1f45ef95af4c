import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { withWebLinks } from "./web-links";

// `npm run languages -- OUT`: writes the package for Python, and the sources of those for Java, Go and .NET, into the folder OUT.

const CHECKOUT = join(__dirname, "..");

/** What it prints goes to stderr. */
function run(command: string, ...argv: string[]): void {
  execFileSync(command, argv, {
    cwd: CHECKOUT,
    stdio: ["ignore", 2, 2],
    // jsii-pacmak packs the checkout, whose `prepack` would compile it once more.
    env: { ...process.env, npm_config_ignore_scripts: "true" },
  });
}

function generate(out: string, languages: readonly string[], ...options: string[]): void {
  const targets = languages.flatMap((language) => ["--target", language]);
  const argv = ["--outdir", out, "--no-npmignore", ...targets, ...options];
  run(join(CHECKOUT, "node_modules/.bin/jsii-pacmak"), ...argv);
}

interface Assembly {
  readonly version: string;
  readonly repository: { readonly url: string };
  readonly readme: { markdown: string };
  bin?: Readonly<Record<string, string>>;
}

/** Changes what jsii has compiled: the README becomes the description of the packages, which have no command. */
function adaptAssembly(): void {
  const path = join(CHECKOUT, ".jsii");
  const assembly = JSON.parse(readFileSync(path, "utf8")) as Assembly;
  const { version, repository, readme } = assembly;
  readme.markdown = withWebLinks(readme.markdown, repository.url, version);
  // jsii's launcher of a command takes 40 s at each start, since it unpacks the bindings of AWS.
  delete assembly.bin;
  writeFileSync(path, JSON.stringify(assembly, undefined, 2));
}

const [out] = process.argv.slice(2);
if (out === undefined) {
  console.error("name the folder for the packages: npm run languages -- OUT");
  process.exitCode = 1;
} else {
  run("npm", "run", "jsii");
  adaptAssembly();
  generate(resolve(out), ["python"]);
  generate(resolve(out), ["java", "go", "dotnet"], "--code-only");
}
