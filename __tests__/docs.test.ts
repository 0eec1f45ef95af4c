import { transformSync } from "esbuild";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { parse, stringify } from "yaml";
import { loadConfigs } from "../config/load";
import { jsonSchema } from "../config/json-schema";
import { ConfigError } from "../config/problem";
import { BootScript } from "../constructs";
import published from "../package.json";
import { cdkTerrainManifest } from "../packaging/cdk-terrain";
import { run as execute } from "../rehearsal/run";
import { PaperFleet } from "../rehearsal/spot-api/paper-fleet";
import { SpotApi } from "../rehearsal/spot-api/spot-api";
import { run as cli } from "./cli/run";
import { example } from "./config/example";
import { ROOT, temporaryFolder } from "./support/folder";
import { bundle, redisElastigroup } from "./support/bundle";
import { missing } from "./support/needs";

jest.setTimeout(300_000);

/**
 * One fenced block. After its language, it has the name of its file, `invalid` for a wrong config, `other` for a file of
 * another program, `exits-N`, or `in-FOLDER` for where its commands are run.
 */
interface Snippet {
  readonly line: number;
  readonly language: string;
  readonly words: readonly string[];
  readonly text: string;
}

const PAGES = [
  "README.md",
  ...readdirSync(join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const manifest = JSON.parse(read("package.json")) as Record<string, Record<string, string>> & {
  version: string;
};

/** Commands that no test runs, and the reasons. */
const NOT_RUN: readonly (readonly [RegExp, string])[] = [
  [/^npm (ci|cit|test)\b/, "it would run these tests inside themselves"],
  [/^npm install cdktf-redis-elastigroup /, ".ci/packages installs the packed tarball with the same peers"],
  [/^npm install$/, ".ci/packages installs the packages of a project of init"],
  [/^npm install cdktn-redis-elastigroup /, ".ci/packages installs the packed tarball with the same peers"],
  [
    /^(npm run languages |python3 -m venv |venv\/bin\/)/,
    ".ci/languages builds the packages, installs the one for Python and runs the app",
  ],
  [/^npm run (lint|format|build|jsii|schema)$/, "it works on the checkout; the gate runs it"],
  [
    /^(npm run e2e( --.*)?$|npx tsx rehearsal\/enclosure\.ts )/,
    "booted instances take minutes; the gate runs it",
  ],
  [
    /^npx redis-elastigroup (roll|retire|drill)\b/,
    "they change a running cluster; their own tests run them against one",
  ],
  [/^npm (--silent )?run rehearse( |$)/, "rehearsal/rehearse.test.ts and e2e/rehearse.test.ts run it"],
  [/^(npx tsx rehearsal\/report\/emit-screen\.ts|chromium) /, "they make pictures of a rehearsal"],
  [/^tofu /, "OpenTofu is not on this machine"],
  [/^promtool /, "examples/monitoring.test.ts checks the same files, where it is installed"],
  [/^(redis-replica|journalctl|systemctl|find) /, "for a shell on an instance"],
  [/^(redis-cli|aws) /, "it needs a cluster, or an account of AWS"],
  [
    /^npx redis-elastigroup (check|status|verify)( |$)/,
    "it needs a running cluster; check.test.ts, status.test.ts and verify.test.ts run it",
  ],
  [
    /^(mypy|ruff|systemd-analyze|python3 __tests__\/templates\/run\.py)\b/,
    "they are tools that this machine may lack; agent.test.ts runs run.py",
  ],
];

/** The beginnings of lines that are run. */
const RUN = /^(npx (redis-elastigroup|cdktf|tsx)|terraform|until|\.|kill) /;

function snippets(page: string): Snippet[] {
  const text = read(page);
  return [...text.matchAll(/^```(.*)\n([^]*?)^```$/gm)].map(({ index, 1: info = "", 2: body = "" }) => {
    const [language = "", ...words] = info.split(" ");
    return { line: text.slice(0, index).split("\n").length, language, words, text: body };
  });
}

const folder = temporaryFolder();
const shims = join(folder, "bin");

/** PATH has the command and the tools of this checkout, as after an installation. No terminal can confirm prompts. */
const npx = `#!/bin/sh
name=$1; shift
case $name in
  redis-elastigroup) exec ${redisElastigroup().join(" ")} "$@" ;;
  cdktf) exec "${ROOT}/node_modules/.bin/cdktf" "$@" --auto-approve --skip-provider-lock ;;
  tsx) file=$1; shift; exec "${ROOT}/node_modules/.bin/tsx" "${ROOT}/$file" "$@" ;;
esac
exit 127
`;

let api: SpotApi | undefined;

beforeAll(async () => {
  mkdirSync(shims);
  writeFileSync(join(shims, "npx"), npx, { mode: 0o755 });
  if (missing(["terraform", "spotinst provider"]).length === 0)
    api = await SpotApi.start({ fleet: new PaperFleet() });
});

afterAll(() => api?.close());

const EDITIONS = ["cdktf-redis-elastigroup", "cdktn-redis-elastigroup"];
const SPOT_BINDINGS = join(ROOT, "node_modules/@cdktf/provider-spotinst/lib");

/** A folder with the example and the packages that `npm install` would install. */
function project(): string {
  const directory = mkdtempSync(join(folder, "project-"));
  writeFileSync(join(directory, "redis-replicas.yaml"), read("redis-replicas.yaml"));
  const modules = join(directory, "node_modules");
  for (const edition of EDITIONS) {
    mkdirSync(join(modules, edition), { recursive: true });
    const main = bundle("constructs/index.ts");
    writeFileSync(join(modules, edition, "package.json"), JSON.stringify({ name: edition, main }));
  }
  for (const name of ["cdktf", "constructs", "@cdktf"])
    symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  // The names of CDK Terrain, for its page. `.ci/packages` runs the same with the real ones.
  symlinkSync(join(ROOT, "node_modules/cdktf"), join(modules, "cdktn"));
  mkdirSync(join(modules, "cdktn-redis-elastigroup/lib"));
  symlinkSync(SPOT_BINDINGS, join(modules, "cdktn-redis-elastigroup/lib/spotinst"));
  return directory;
}

async function shell(cwd: string, script: string) {
  const env = {
    ...process.env,
    PATH: `${shims}:${process.env["PATH"]}`,
    CI: "1",
    CHECKPOINT_DISABLE: "1",
    DISABLE_VERSION_CHECK: "1",
    TF_CLI_ARGS_apply: "-auto-approve",
    TF_INPUT: "0",
    ...api?.environment(),
  };
  return execute(["bash", "-c", script], { cwd, env, timeout: 240_000 });
}

/** The commands of a script. A command continues behind a backslash. */
function commandsOf(text: string): string[] {
  const lines = text.replace(/ \\\n +/g, " ").split("\n");
  return lines.filter((line) => line !== "" && !line.startsWith("#"));
}

/** The commands of a script that can run on this machine. */
function runnable({ text }: Snippet): string[] {
  const lines = commandsOf(text);
  const run = lines.filter((line) => !NOT_RUN.some(([pattern]) => pattern.test(line)));
  const unknown = run.filter((line) => !RUN.test(line));
  if (unknown.length > 0) throw new Error(`neither run nor listed with a reason: ${unknown.join("; ")}`);
  return run;
}

/** The needs of a script that this machine does not meet. */
function lacking(lines: readonly string[]): string[] {
  const deploys = lines.some((line) => /^(terraform|npx cdktf) /.test(line));
  const clis = lines.some((line) => line.startsWith("npx cdktf ")) ? ["node_modules/.bin/cdktf"] : [];
  return [
    ...(deploys ? missing(["terraform", "spotinst provider"]) : []),
    ...clis.filter((path) => !existsSync(join(ROOT, path))),
  ];
}

/** A config, or a part of a config that is merged into the example. */
function config(text: string): Record<string, unknown> {
  const data = parse(text) as Record<string, unknown>;
  return "region" in data ? data : example(data);
}

/** Whether a page creates a group in the simulated API of these tests. */
function deploys(page: string): boolean {
  return snippets(page).some(
    ({ text }) => /^terraform .* apply/m.test(text) && !text.includes("spot-api.env"),
  );
}

type Runner = (name: string, snippet: Snippet, directory: () => string) => void;

const RUNNERS: Record<string, Runner> = {
  yaml(name, { words: [file = "snippet.yaml", expected], text }, directory) {
    if (expected === "other") {
      test(`${name} is YAML`, () => expect(parse(text)).toEqual(expect.any(Object)));
      return;
    }
    test(`${name} is ${expected ?? "a config, and can be reviewed"}`, async () => {
      const path = join(directory(), file);
      writeFileSync(path, expected === "invalid" || /^region:/m.test(text) ? text : stringify(config(text)));
      if (expected === "invalid") return expect(() => loadConfigs([path])).toThrow(ConfigError);
      expect(loadConfigs([path])).toHaveLength(1);
      expect(await cli("review", "-c", path)).toMatchObject({ exit: 0 });
    });
  },

  json(name, { words: [file = "snippet.json"], text }, directory) {
    test(`${name} is JSON`, () => {
      expect(JSON.parse(text)).toEqual(expect.any(Object));
      writeFileSync(join(directory(), file), text);
      if (/"masters"/.test(text)) expect(loadConfigs([join(directory(), file)])).toHaveLength(1);
    });
  },

  // A script below runs it.
  hcl(name, { words: [file = "main.tf"], text }, directory) {
    test(`${name} is Terraform`, () => {
      expect(text).toMatch(/^(terraform|module|moved|provider) /m);
      writeFileSync(join(directory(), file), text);
    });
  },

  // All are type-checked together, below.
  ts(name, { words: [file = "main.ts"], text }, directory) {
    if (!text.includes(".synth()")) return;
    test(`${name} synthesizes a group`, async () => {
      const script = join(directory(), file.replace(/ts$/, "js"));
      writeFileSync(script, transformSync(text, { loader: "ts", format: "cjs" }).code);
      const stack = /new (?:\w*Stack)\(app, "([^"]+)"/.exec(text)?.[1] ?? "";
      expect(await execute([process.execPath, script], { cwd: directory() })).toMatchObject({ code: 0 });
      const json = readFileSync(join(directory(), "cdktf.out/stacks", stack, "cdk.tf.json"), "utf8");
      expect(json).toContain('"spotinst_elastigroup_aws"');
    });
  },

  // `.ci/languages` runs it.
  python(name, { words: [file = "main.py"], text }, directory) {
    const absent = missing(["python3 >= 3.9"]);
    (absent.length === 0 ? test : test.skip)(`${name} is Python`, async () => {
      writeFileSync(join(directory(), file), text);
      expect(await execute(["python3", "-m", "py_compile", file], { cwd: directory() })).toMatchObject({
        code: 0,
      });
    });
  },

  sh(name, snippet, directory) {
    const lines = runnable(snippet);
    const place = snippet.words.find((word) => word.startsWith("in-"))?.slice("in-".length) ?? "";
    const absent = lacking(lines);
    const own = lines.filter((line) => /^npx (redis-elastigroup|tsx cli\/index\.ts) /.test(line));
    const run = absent.length > 0 ? own : lines;
    if (absent.length > 0) test.skip(`${name} runs (${absent.join(", ")} not found)`, () => undefined);
    if (run.length === 0) return;
    test(`${name} runs`, async () => {
      const { code, stdout, stderr } = await shell(join(directory(), place), ["set -e", ...run].join("\n"));
      expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
    });
  },

  // Texts that are no commands of a shell.
  text(name, { text }) {
    test(`${name} has no prompt`, () => expect(text).not.toMatch(/^\$ /m));
  },

  // That no right is too many, servers show in the tests of the agent.
  acl(name, { text }) {
    test(`${name} allows what the agent sends, and nothing else`, () => {
      const allowed = [...text.matchAll(/ \+([a-z|]+)/g)].map(({ 1: command = "" }) => command);
      const ofReplication = ["psync", "replconf"];
      expect(allowed.filter((command) => !ofReplication.includes(command)).sort()).toEqual(agentCommands());
    });
  },

  console(name, { words: [expected = "exits-0"], text }, directory) {
    test(`${name} prints the shown output`, async () => {
      const commands = [...text.matchAll(/^\$ (.*)$/gm)].map(({ 1: command = "" }) => command);
      expect(commands.filter((command) => !RUN.test(`${command} `))).toEqual([]);
      const { code, stdout, stderr } = await shell(directory(), commands.join("\n"));
      expect(`exits-${code}`).toBe(expected);
      const shown = text.split("\n").filter((line) => line !== "" && !line.startsWith("$ "));
      expect((stdout + stderr).split("\n")).toEqual(expect.arrayContaining(shown));
    });
  },
};

/** The commands that the agent's sources name, as access control lists write them. */
function agentCommands(): string[] {
  const sources = BootScript.files().flatMap(({ path, content }) => (path.endsWith(".py") ? [content] : []));
  const text = sources.join("\n").replace(/'([A-Z]+)'/g, '"$1"');
  const containers = [...text.matchAll(/"(ACL|CLIENT|CLUSTER|CONFIG)", "([A-Z]+)"/g)];
  const asked = [...text.matchAll(/(?:ask(?:_all|_here)?|command)\([^"\n]*\(?"([A-Z]+)"(?!, "[A-Z]+")/g)];
  const tuples = [
    ...text.matchAll(/\("(PING|INFO|ROLE|TIME|DBSIZE|SET|GET|PTTL|EVAL|SHUTDOWN|WAIT|SCAN)",/g),
  ];
  const inScripts = [...text.matchAll(/redis\.call\('([a-z]+)'/g)];
  const found = [...containers, ...asked, ...tuples, ...inScripts].map(([, command = "", part = ""]) =>
    (part === "" ? command : `${command}|${part}`).toLowerCase(),
  );
  return [...new Set(found)].sort();
}

describe.each(PAGES)("%s", (page) => {
  let directory = "";
  beforeAll(() => (directory = project()));
  afterAll(() => {
    for (const { id } of (api?.groups.list() ?? []) as { id: string }[]) api?.groups.delete(id);
  });

  for (const snippet of snippets(page)) {
    const name = `line ${snippet.line}`;
    const runner = RUNNERS[snippet.language];
    if (runner) runner(name, snippet, () => directory);
    else
      test(`${name} has a known language`, () => {
        expect(Object.keys(RUNNERS)).toContain(snippet.language);
      });
  }

  test("all its deployments result in one group", () => {
    expect(api?.groups.list() ?? []).toHaveLength(api && deploys(page) ? 1 : 0);
  });

  test("its links have targets", () => {
    const targets = [...read(page).matchAll(/\]\(([^)]+)\)/g)].map(({ 1: target = "" }) => target);
    const inside = targets.filter((target) => !/^https:\/\//.test(target));
    const dead = inside.filter((target) => {
      const [path = "", heading] = target.split("#");
      const to = path === "" ? page : join(dirname(page), path);
      return !existsSync(join(ROOT, to)) || (heading !== undefined && !headings(to).includes(heading));
    });
    expect(dead).toEqual([]);
  });

  test("its npm scripts exist", () => {
    const named = [...read(page).matchAll(/npm run ([a-z0-9:-]+)/g)].map(({ 1: script = "" }) => script);
    expect(named.filter((script) => !(script in (manifest["scripts"] ?? {})))).toEqual([]);
  });
});

/** The anchors of a page's headings on GitHub. */
function headings(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.+)$/gm)].map(({ 1: heading = "" }) =>
    heading
      .toLowerCase()
      .replace(/[^a-z0-9 _-]/g, "")
      .replaceAll(" ", "-"),
  );
}

test("every TypeScript snippet passes the type check with the sources", () => {
  const files = new Map(
    PAGES.flatMap((page) =>
      snippets(page)
        .filter(({ language }) => language === "ts")
        .map(({ words: [file = ""], line, text }) => {
          const path = file.includes("/") ? file : `docs/${page.replace(/\W/g, "-")}-${line}.ts`;
          return [join(ROOT, path), text] as const;
        }),
    ),
  );
  expect(files.size).toBeGreaterThan(0);
  const { config: settings } = ts.readConfigFile(join(ROOT, "tsconfig.json"), (path) =>
    ts.sys.readFile(path),
  );
  const { options } = ts.parseJsonConfigFileContent({ ...settings, files: [], include: [] }, ts.sys, ROOT);
  const paths = {
    ...Object.fromEntries(EDITIONS.map((edition) => [edition, [join(ROOT, "constructs/index.ts")]])),
    cdktn: [join(ROOT, "node_modules/cdktf/lib/index.d.ts")],
    "cdktn-redis-elastigroup/lib/spotinst/*": [join(SPOT_BINDINGS, "*/index.d.ts")],
  };
  const aliased = { ...options, paths };
  const host = ts.createCompilerHost(aliased);
  host.jsDocParsingMode = ts.JSDocParsingMode.ParseForTypeErrors;
  const onDisk = { read: host.getSourceFile.bind(host), exists: host.fileExists.bind(host) };
  host.fileExists = (path) => files.has(path) || onDisk.exists(path);
  host.getSourceFile = (path, version, ...rest) => {
    const text = files.get(path);
    return text === undefined
      ? onDisk.read(path, version, ...rest)
      : ts.createSourceFile(path, text, version);
  };
  const program = ts.createProgram([...files.keys()], aliased, host);
  const found = [...files.keys()].flatMap((path) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(path)).map(({ messageText }) => ({
      path,
      message: ts.flattenDiagnosticMessageText(messageText, "\n"),
    })),
  );
  expect(found).toEqual([]);
});

test("every reason not to run something is still needed", () => {
  const lines = PAGES.flatMap((page) => snippets(page).flatMap(({ text }) => commandsOf(text)));
  const unused = NOT_RUN.filter(([pattern]) => !lines.some((line) => pattern.test(line)));
  expect(unused).toEqual([]);
});

/** A part of a JSON Schema. */
interface Schema {
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly required?: readonly string[];
  readonly default?: unknown;
}

/** The ways to write a value. */
function ways(schema: Schema): Schema[] {
  return [schema, ...(schema.anyOf ?? []).flatMap(ways)];
}

/** Every key in a schema: its path, its default, and whether it is required. */
function keys({ properties = {}, required = [] }: Schema, path = ""): [string, string | undefined][] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const fallback = required.includes(name)
      ? "required"
      : schema.default !== undefined
        ? `default \`${JSON.stringify(schema.default).replaceAll('"', "")}\``
        : undefined;
    const below = ways(schema).flatMap((way) => [
      ...keys(way, `${path}${name}.`),
      ...ways(way.items ?? {}).flatMap((item) => keys(item, `${path}${name}[].`)),
    ]);
    return [[path + name, fallback] as [string, string | undefined], ...below];
  });
}

/** The keys in config.md, each with its type, its default, and where a variable may stand. */
const documented = new Map(
  [...read("docs/config.md").matchAll(/^\| `([^`]+)`<br>(.*?) +\| /gm)].map(
    ({ 1: key = "", 2: value = "" }) => [key, value.split("; ")] as const,
  ),
);

test("every key is in config.md, with its default", () => {
  const wrong = keys(JSON.parse(jsonSchema()) as Schema).filter(([key, fallback]) => {
    const value = documented.get(key);
    return value === undefined || (fallback !== undefined && !value.includes(fallback));
  });
  expect(wrong).toEqual([]);
});

test("every key in config.md is in the schema", () => {
  expect([...documented.keys()].sort()).toEqual(
    keys(JSON.parse(jsonSchema()) as Schema)
      .map(([key]) => key)
      .sort(),
  );
});

test("every command of the CLI is in commands.md, and every option there or in operations.md", async () => {
  const page = read("docs/commands.md");
  const { stdout } = await cli("--help");
  const commands = [...stdout.replace(/[^]*\nCommands:/, "").matchAll(/^ {2}([a-z]+) {2}/gm)].map(
    ({ 1: name = "" }) => name,
  );
  expect(commands.length).toBeGreaterThan(2);
  expect(commands.filter((name) => !page.includes(`| \`${name}\` `))).toEqual([]);
  const helps = await Promise.all(commands.map((command) => cli(command, "--help")));
  const options = new Set(helps.flatMap((help) => help.stdout.match(/--[a-z-]+/g) ?? []));
  const pages = page + read("docs/operations.md");
  // `-o` is short for `--output`.
  const expected = [...options].filter((name) => !["--help", "--output"].includes(name));
  expect(expected.filter((name) => !pages.includes(`\`${name}`))).toEqual([]);
});

test("the outcomes in recovery.md are those of faults.md", () => {
  const cells = (page: string): string[][] =>
    read(page)
      .split("\n")
      .filter((line) => line.startsWith("|"))
      .map((line) => line.split("|").map((cell) => cell.trim()));
  // | what happened | what the agent does | fault | outcome | seconds | resync |
  const shown = cells("docs/recovery.md")
    .filter(([, , , fault = ""]) => /^F\d+/.test(fault))
    .map(([, , , fault, outcome, seconds, resync]) => [fault, outcome, seconds, resync]);
  // | fault | what happens | on | outcome | seconds | resync | ...
  const measured = cells("docs/faults.md").map(([, fault, , , outcome, seconds, resync]) =>
    [fault, outcome, seconds, resync?.replace(/,.*/, "")].join(),
  );
  expect(shown.length).toBeGreaterThan(3);
  expect(shown.filter((row) => !measured.includes(row.join()))).toEqual([]);
});

test("docs/README.md lists every page once", () => {
  const listed = [...read("docs/README.md").matchAll(/^\| \[([^\]]+\.md)\]/gm)].map(
    ({ 1: name = "" }) => name,
  );
  const pages = PAGES.map((page) => page.replace("docs/", "")).filter((name) => name !== "README.md");
  expect(listed.sort()).toEqual(pages.sort());
});

test("the install command of getting-started.md has every peer dependency that is not optional", () => {
  const lines = snippets("docs/getting-started.md").flatMap(({ text }) => commandsOf(text));
  const [line = ""] = lines.filter((each) => each.startsWith("npm install cdktf-redis-elastigroup"));
  const optional = Object.keys(published.peerDependenciesMeta);
  // The copy of the checkout for CDK Terrain has no peer dependency on cdktf.
  const names = new Set([...Object.keys(manifest["peerDependencies"] ?? {}), "cdktf"]);
  const required = [...names].filter((name) => !optional.includes(name));
  expect(line.split(" ").slice(2).sort()).toEqual(["cdktf-redis-elastigroup", ...required].sort());
});

test("the install command for CDK Terrain has every peer dependency that is not optional, and the framework's command", () => {
  const [line = ""] = /^npm install cdktn-redis-elastigroup .*$/m.exec(read("docs/cdk-terrain.md")) ?? [];
  const { peerDependencies, peerDependenciesMeta } = cdkTerrainManifest(published);
  const names = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
  const installed = line.split(" ").map((name) => name.replace(/(?<=.)@.*/, ""));
  expect(installed.slice(2).sort()).toEqual(["cdktn-redis-elastigroup", "cdktn-cli", ...names].sort());
});

test("getting-started.md has the oldest supported versions of Node and Terraform", async () => {
  const { node = "" } = manifest["engines"] ?? {};
  const out = mkdtempSync(join(folder, "out-"));
  await cli("synth", "-c", join(ROOT, "redis-replicas.yaml"), "-o", out);
  const json = readFileSync(join(out, "stacks/redis-replicas/cdk.tf.json"), "utf8");
  const stack = JSON.parse(json) as { terraform: { required_version: string } };
  const oldest = (range: string): string => range.replace(">= ", "").replace(/\.0$/, "");
  const page = read("docs/getting-started.md");
  expect(page).toContain(`With Node ${oldest(node)} or newer`);
  expect(page).toContain(`You need Terraform ${oldest(stack.terraform.required_version)} or newer`);
});

test("dependencies.md has exactly the dependencies of the package", () => {
  const groups = ["dependencies", "peerDependencies", "devDependencies"].map((kind) => manifest[kind] ?? {});
  const used = new Set(groups.flatMap((group) => Object.keys(group)));
  const rows = read("docs/dependencies.md").matchAll(/^\| (`[^|]+`) +\|/gm);
  const documented = new Set(
    [...rows].flatMap(({ 1: cell = "" }) => cell.split(", ").map((name) => name.replaceAll("`", ""))),
  );
  expect([...used].filter((name) => !documented.has(name))).toEqual([]);
  // The copy of the checkout for CDK Terrain has no cdktf-cli.
  expect([...documented].filter((name) => !used.has(name) && name !== "cdktf-cli")).toEqual([]);
});

test("languages.md has the names of all packages of jsii", () => {
  const { python, java, go, dotnet } = (
    JSON.parse(read("package.json")) as {
      jsii: {
        targets: {
          python: { distName: string; module: string };
          java: { package: string; maven: { groupId: string; artifactId: string } };
          go: { moduleName: string; packageName: string };
          dotnet: { namespace: string; packageId: string };
        };
      };
    }
  ).jsii.targets;
  const names = [
    python.distName,
    python.module,
    `${java.maven.groupId}:${java.maven.artifactId}`,
    java.package,
    `${go.moduleName}/${go.packageName}`,
    dotnet.packageId,
    dotnet.namespace,
  ];
  expect(names.filter((name) => !read("docs/languages.md").includes(`\`${name}\``))).toEqual([]);
});

test("every folder at the top is in architecture.md", () => {
  const apart = [".git", ...read(".gitignore").split("\n")].map((line) => line.replaceAll("/", ""));
  const folders = readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !apart.includes(entry.name))
    .filter(({ name }) => readdirSync(join(ROOT, name)).length > 0)
    // Output that was synthesized into a folder with another name.
    .filter(({ name }) => !existsSync(join(ROOT, name, "manifest.json")));
  const page = read("docs/architecture.md");
  expect(folders.map(({ name }) => name).filter((name) => !page.includes(`\`${name}/\``))).toEqual([]);
});

test("every file and setting of an instance is in instance.md", () => {
  const page = read("docs/instance.md");
  const masters = ["10.0.1.10"];
  const { settings } = new BootScript({ masters, dataVolume: true });
  const files = BootScript.files().map(({ path }) =>
    path.startsWith("/usr/local/lib/") ? (path.split("/").at(-1) ?? "") : path,
  );
  expect([...files, ...Object.keys(settings)].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

test.each(["alias.json", "both-names.json"])("the recipe %s has the versions that are tested", (name) => {
  const recipe = snippets("docs/cdk-terrain.md").find(({ words }) => words.includes(name))?.text ?? "{}";
  const { dependencies } = JSON.parse(recipe) as { dependencies: Record<string, string> };
  const tried = /^readonly CDKTN=(.*)$/m.exec(read(".ci/cdk-terrain"))?.[1];
  const { cdktf, cdktn = tried, "cdktf-redis-elastigroup": own, ...others } = dependencies;
  expect({ cdktf, cdktn, own }).toEqual({ cdktf: `npm:cdktn@${tried}`, cdktn: tried, own: manifest.version });
  expect(manifest["devDependencies"]).toMatchObject(others);
});
