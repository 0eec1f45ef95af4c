import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import ts from "typescript";
import { exampleText } from "./config/example";
import { file, ROOT, temporaryFolder } from "./support/folder";
import { redisElastigroup } from "./support/bundle";

/*
 * The tarball is built in a copy of the checkout, since other tests may read `lib/` at the same time. npm installs it into a
 * project that has its peer dependencies.
 */

const folder = temporaryFolder();
const source = join(folder, "source");
const project = join(folder, "project");
/** The installed command. */
const COMMAND = join(project, "node_modules/.bin/redis-elastigroup");
const env = {
  ...process.env,
  npm_config_offline: "true",
  npm_config_audit: "false",
  npm_config_fund: "false",
  CHECKPOINT_DISABLE: "1",
};
const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  version: string;
  bin: Record<string, string>;
  peerDependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

let packed: string[];
let tarball: string;

beforeAll(() => {
  copyCheckout();
  const [report] = JSON.parse(
    npm(source, "pack", "--json", "--foreground-scripts=false", "--pack-destination", folder),
  ) as [{ filename: string; files: { path: string }[] }];
  packed = report.files.map(({ path }) => path);
  tarball = join(folder, report.filename);
  install();
}, 240_000);

function npm(cwd: string, ...argv: string[]): string {
  return execFileSync("npm", argv, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** The checkout with links to its packages, but copies of the bundled ones, since npm does not pack linked packages. */
function copyCheckout(): void {
  const modules = join(source, "node_modules");
  mkdirSync(modules, { recursive: true });
  const apart = ["node_modules", ".git", "lib", "cdktf.out", ".jsii", "dist"];
  for (const name of readdirSync(ROOT).filter((each) => !apart.includes(each))) {
    cpSync(join(ROOT, name), join(source, name), { recursive: true });
  }
  const bundled = ["handlebars", "minimist", "neo-async", "source-map", "uglify-js", "wordwrap"];
  for (const name of readdirSync(join(ROOT, "node_modules"))) {
    const original = join(ROOT, "node_modules", name);
    if (bundled.includes(name)) cpSync(original, join(modules, name), { recursive: true });
    else symlinkSync(original, join(modules, name));
  }
}

/** Installs the tarball beside its peers, which are copies of those of this checkout: npm would unpack 400 MB again. */
function install(): void {
  const peers = Object.keys(manifest.peerDependencies);
  for (const name of peers) {
    const copy = join(project, "node_modules", name);
    mkdirSync(dirname(copy), { recursive: true });
    execFileSync("cp", ["-r", join(ROOT, "node_modules", name), copy]);
  }
  const versions = peers.map((name) => [name, manifest.devDependencies[name]]);
  const dependencies = Object.fromEntries([["cdktf-redis-elastigroup", `file:${tarball}`], ...versions]);
  file(project, "package.json", JSON.stringify({ name: "consumer", private: true, dependencies }));
  npm(project, "install", "--ignore-scripts");
}

test("the tarball has only the library, its types, the CLI, the templates, the schema and the docs", () => {
  const own = packed.filter((path) => !path.startsWith("node_modules/"));
  const unexpected = own.filter(
    (path) =>
      !/^lib\/constructs\/([a-z]+\/)?[a-z0-9-]+\.(js|d\.ts)$/.test(path) &&
      !/^lib\/(templates|cli\/projects)\//.test(path) &&
      !/^docs\/((benchmarks\/)?[a-z-]+\.(md|svg|png)|README\.md)$/.test(path) &&
      !/^(package\.json|LICENSE|(README|CHANGELOG|API)\.md)$/.test(path) &&
      ![".jsii", "lib/cli/index.js", "lib/cli/LICENSES", "config/redis-replicas.schema.json"].includes(path),
  );
  expect(unexpected).toEqual([]);
  expect(own).toEqual(
    expect.arrayContaining([
      "LICENSE",
      "lib/constructs/index.js",
      "lib/constructs/index.d.ts",
      "lib/cli/index.js",
      "config/redis-replicas.schema.json",
    ]),
  );
});

test("the jsii assembly is in it, so that packages of other languages can be made from it", () => {
  expect(packed).toContain(".jsii");
  const assembly = JSON.parse(
    readFileSync(join(project, "node_modules/cdktf-redis-elastigroup/.jsii"), "utf8"),
  ) as { name: string; version: string; types: object };
  expect(assembly).toMatchObject({ name: "cdktf-redis-elastigroup", version: manifest.version });
  expect(assembly.types).toHaveProperty(["cdktf-redis-elastigroup.RedisReplicas"]);
});

test("the licenses of all packages in the command are in it", () => {
  const installed = join(project, "node_modules/cdktf-redis-elastigroup/lib/cli");
  const command = readFileSync(join(installed, "index.js"), "utf8");
  const names = [...command.matchAll(/^\s*\/\/ node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)];
  const licenses = readFileSync(join(installed, "LICENSES"), "utf8").split("\n");
  const missing = [...new Set(names.map(({ 1: name = "" }) => name))].filter(
    (name) => !licenses.includes(name),
  );
  expect(names).not.toEqual([]);
  expect(missing).toEqual([]);
});

test.each(["templates", "cli/projects"])("every template of the checkout in %s is in it", (name) => {
  const templates = readdirSync(join(ROOT, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("__pycache__"))
    .map((entry) => `lib/${join(entry.parentPath, entry.name).slice(ROOT.length + 1)}`);
  expect(packed.filter((path) => path.startsWith(`lib/${name}/`)).sort()).toEqual(templates.sort());
});

test("every construct of the checkout is in it, compiled", () => {
  const compiled = readdirSync(join(ROOT, "constructs"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => `lib/constructs/${path.replace(/\.ts$/, ".js")}`);
  expect(packed).toEqual(expect.arrayContaining(compiled));
});

test("the targets of all links and images of its pages are in the tarball", () => {
  const pages = packed.filter((path) => /^[^/]+\.md$|^docs\/.*\.md$/.test(path));
  expect(pages).toEqual(expect.arrayContaining(["README.md", "docs/troubleshooting.md"]));
  const links = pages.flatMap((page) =>
    [...readFileSync(join(ROOT, page), "utf8").matchAll(/\]\(([^)#]+)[^)]*\)/g)]
      .map(({ 1: target = "" }) => target)
      .filter((target) => !target.startsWith("https://"))
      .map((target) => join(dirname(page), target)),
  );
  expect(links).toContain("docs/overview.svg");
  expect(links.filter((path) => !packed.includes(path))).toEqual([]);
});

test("the schema is installed at the path in the first config of config.md", () => {
  const path =
    /yaml-language-server: \$schema=(\S+)/.exec(readFileSync(join(ROOT, "docs/config.md"), "utf8"))?.[1] ??
    "";
  expect(JSON.parse(readFileSync(join(project, path), "utf8"))).toHaveProperty("properties.masters");
});

test("handlebars is bundled, so that a jsii host needs no other package", () => {
  expect(packed).toContain("node_modules/handlebars/package.json");
});

test("npm finds no peer out of range", () => {
  const { status, stdout } = spawnSync("npm", ["ls", "--json"], { cwd: project, env, encoding: "utf8" });
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).not.toHaveProperty("problems");
});

test("a plain JS file synthesizes with the construct", () => {
  const app = file(
    project,
    "app.js",
    `
const { App, TerraformStack } = require("cdktf");
const { SpotinstProvider } = require("@cdktf/provider-spotinst/lib/provider");
const { AvailabilityZones, RedisReplicas } = require("cdktf-redis-elastigroup");
const app = new App();
const stack = new TerraformStack(app, "mine");
new SpotinstProvider(stack, "spotinst");
new RedisReplicas(stack, "replicas", {
  name: "r", region: "us-west-2", masters: ["10.0.1.10"], replicas: 2, imageId: "ami-1",
  instanceTypes: { onDemand: "r6i.large", spot: ["r6i.large"] },
  availabilityZones: AvailabilityZones.of({ "us-west-2a": ["subnet-1"] }),
  securityGroupIds: ["sg-1"],
});
app.synth();`,
  );
  execFileSync(process.execPath, [app], { cwd: project, stdio: "pipe" });
  const stack = JSON.parse(readFileSync(join(project, "cdktf.out/stacks/mine/cdk.tf.json"), "utf8")) as {
    resource: object;
  };
  expect(Object.keys(stack.resource)).toEqual(["spotinst_elastigroup_aws", "terraform_data"]);
});

describe("a TypeScript file", () => {
  const body = (replicas: string): string => `
import { App } from "cdktf";
import { AvailabilityZones, Orientation, RedisInstall, RedisReplicasStack, RevertToSpot } from "cdktf-redis-elastigroup";
const app: App = new App();
new RedisReplicasStack(app, "typed", {
  backend: { s3: { bucket: "states" } },
  replicas: {
    name: "r", region: "us-west-2", masters: ["10.0.1.10"], replicas: ${replicas}, imageId: "ami-1",
    instanceTypes: { onDemand: "r6i.large", spot: ["r6i.large"] },
    availabilityZones: AvailabilityZones.of({ "us-west-2a": ["subnet-1"] }),
    securityGroupIds: ["sg-1"],
    redis: { install: RedisInstall.fromImage() },
    strategy: { orientation: Orientation.COST, revertToSpot: RevertToSpot.ALWAYS },
  },
});
app.synth();`;

  /** What the compiler finds in both files, and in the published types. Checking all packages would take three times as long. */
  let found: string[];

  beforeAll(() => {
    const files = [file(project, "good.ts", body("2")), file(project, "bad.ts", body('"two"'))];
    const language = { target: ts.ScriptTarget.ES2022, lib: ["lib.es2022.d.ts"], types: [] };
    const program = ts.createProgram(files, { ...language, strict: true, module: ts.ModuleKind.Node16 });
    const published = join(realpathSync(project), "node_modules/cdktf-redis-elastigroup/");
    const checked = program
      .getSourceFiles()
      .filter(({ fileName }) => files.includes(fileName) || fileName.startsWith(published));
    expect(checked.map(({ fileName }) => fileName)).toContain(`${published}lib/constructs/index.d.ts`);
    found = checked
      .flatMap((source) => ts.getPreEmitDiagnostics(program, source))
      .map(({ file: source, messageText }) => {
        return `${basename(source?.fileName ?? "")}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
      });
  }, 60_000);

  test("type-checks against the published types", () => {
    expect(found.filter((line) => !line.startsWith("bad.ts"))).toEqual([]);
  });

  test("with a type error fails the type check", () => {
    expect(found).toEqual(["bad.ts: Type 'string' is not assignable to type 'number'."]);
  });
});

describe("the command in it", () => {
  function command(...argv: string[]) {
    return spawnSync(COMMAND, argv, { cwd: project, env, encoding: "utf8" });
  }

  test("writes the same bytes as the one in the checkout", () => {
    file(project, "redis-replicas.yaml", exampleText());
    expect(command("synth", "-o", "published")).toMatchObject({ status: 0 });
    const [node, ...checkout] = redisElastigroup() as [string, ...string[]];
    execFileSync(node, [...checkout, "synth", "-o", "checkout"], { cwd: project, stdio: "pipe" });
    for (const path of ["stacks/redis-replicas/cdk.tf.json", "manifest.json"]) {
      expect(readFileSync(join(project, "published", path))).toEqual(
        readFileSync(join(project, "checkout", path)),
      );
    }
  });

  test("prints its version, started by npx", () => {
    const argv = ["--no-install", "redis-elastigroup", "--version"];
    expect(execFileSync("npx", argv, { cwd: project, env, encoding: "utf8" })).toBe(`${manifest.version}\n`);
  });

  test("reports a mistake in the same way as the one in the checkout", () => {
    file(project, "bad.yaml", exampleText({ securityGroupId: 1 }));
    const { status, stderr } = command("review", "-c", "bad.yaml");
    expect(status).toBe(1);
    expect(stderr).toContain("Did you mean `securityGroupIds`?");
    expect(existsSync(join(project, "cdktf.out/stacks/redis-replicas"))).toBe(false);
  });
});

describe("a project that `init` writes", () => {
  const directory = (kind: string): string => join(folder, "projects", kind);
  const script = (kind: string, name: string): string => npm(directory(kind), "run", name);

  /** Writes a project with the packed tarball in place of the version in the registry. */
  function init(kind: string): void {
    const argv = ["init", directory(kind), "--kind", kind, "--yes"];
    execFileSync(COMMAND, argv, { cwd: project, env, stdio: "pipe" });
  }

  /** The package and its peers as they were installed above, and the tools of this checkout: the pinned versions are its own. */
  function link(kind: string): void {
    const modules = join(directory(kind), "node_modules");
    mkdirSync(join(modules, "@types"), { recursive: true });
    mkdirSync(join(modules, ".bin"));
    const link = (from: string, name: string): void =>
      symlinkSync(join(from, "node_modules", name), join(modules, name));
    for (const name of ["cdktf-redis-elastigroup", "cdktf", "constructs", "@cdktf", ".bin/redis-elastigroup"])
      link(project, name);
    for (const name of ["typescript", "tsx", "cdktf-cli", "@types/node"]) link(ROOT, name);
    for (const name of [".bin/tsc", ".bin/tsx", ".bin/cdktf"]) link(ROOT, name);
  }

  beforeAll(() => {
    for (const kind of ["cdktf", "config", "pipeline"]) {
      init(kind);
      link(kind);
    }
  }, 60_000);

  test.each(["cdktf", "config", "pipeline"])(
    "%s synthesizes, and passes its own test",
    (kind) => {
      script(kind, "synth");
      expect(script(kind, "test")).toMatch(/^# pass 1$/m);
      const stack = join(directory(kind), "cdktf.out/stacks", kind, "cdk.tf.json");
      expect(readFileSync(stack, "utf8")).toContain('"spotinst_elastigroup_aws"');
    },
    120_000,
  );

  test("a pipeline's test fails if the JSON is not that of the config file", () => {
    const path = join(directory("pipeline"), "redis-replicas.yaml");
    writeFileSync(path, readFileSync(path, "utf8").replace("replicas: 3", "replicas: 4"));
    expect(() => script("pipeline", "test")).toThrow("out of date");
  });

  test("the config file and the app of the same answers are the same group", () => {
    const group = (kind: string): unknown => {
      const path = join(directory(kind), "cdktf.out/stacks", kind, "cdk.tf.json");
      const text = readFileSync(path, "utf8").replaceAll(`"${kind}`, '"name');
      return (JSON.parse(text) as { resource: unknown }).resource;
    };
    expect(group("cdktf")).toEqual(group("config"));
  });
});
