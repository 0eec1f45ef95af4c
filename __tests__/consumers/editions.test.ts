import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { app, CDK_TERRAIN, CDKTF, type Framework } from "./app";
import { INSTALLING, Project, tarball } from "./project";

const ROOT = join(__dirname, "..", "..");
const CONFIGS = [
  "redis-replicas.yaml",
  ...readdirSync(join(ROOT, "examples"))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => join("examples", name)),
];

/** cdktn-cli needs Node 22, which npm has as a package for each platform. */
const NODE = `node-${process.platform}-${process.arch}`;

const projects = { cdktf: new Project(), cdktn: new Project() };

/** The packages that the documentation names, at the versions that are tested. */
const packages = {
  cdktf: {
    "cdktf-redis-elastigroup": `file:${tarball("cdktf-redis-elastigroup")}`,
    cdktf: CDKTF.version,
    constructs: "10.6.0",
    "@cdktf/provider-aws": "21.22.1",
    "@cdktf/provider-spotinst": "14.11.1",
    "cdktf-cli": CDKTF.version,
    "@types/node": "20.19.43",
    tsx: "4.23.15",
    typescript: "5.9.3",
  },
  cdktn: {
    "cdktn-redis-elastigroup": `file:${tarball("cdktn-redis-elastigroup")}`,
    cdktn: CDK_TERRAIN.version,
    constructs: "10.6.0",
    "@cdktn/provider-aws": "25.7.0",
    "cdktn-cli": CDK_TERRAIN.version,
    "@types/node": "20.19.43",
    tsx: "4.23.15",
    typescript: "5.9.3",
    [NODE]: "22.23.3",
  },
};

describe.each<Framework>([CDKTF, CDK_TERRAIN])("$edition, installed from its tarball", (framework) => {
  const { name } = framework;
  const project = projects[name];

  beforeAll(() => project.install(packages[name]), 300_000);

  test("has all its peers in range", () => {
    expect(JSON.parse(project.must("npm", "ls", "--json"))).not.toHaveProperty("problems");
  });

  test("needs nothing of the other framework", () => {
    const other = name === "cdktf" ? "cdktn" : "cdktf";
    expect(readdirSync(join(project.folder, "node_modules"))).not.toContain(other);
  });

  test("has the targets of all links of its README", () => {
    const folder = join("node_modules", framework.edition);
    const links = [...project.read(join(folder, "README.md")).matchAll(/\]\(([^)#]+)[^)]*\)/g)]
      .map(({ 1: target = "" }) => target)
      .filter((target) => !target.startsWith("https://"));
    expect(links).toContain("docs/config.md");
    expect(links.filter((path) => !existsSync(join(project.folder, folder, path)))).toEqual([]);
  });

  test("compiles in a TypeScript app, its types checked", () => {
    project.write("typed.ts", app("TypeScript", framework));
    expect(project.compile("typed.ts", { checked: true })).toMatchObject({ status: 0, stdout: "" });
  });

  test("writes the same JSON from TypeScript, plain JavaScript and ESM", () => {
    project.write("plain.js", app("JavaScript", framework));
    project.write("esm.mjs", app("ESM", framework));
    const written = ["typed.js", "plain.js", "esm.mjs"].map((file) => {
      const outcome = project.run([process.execPath, file], { CDKTF_OUTDIR: `out-${file}` });
      expect(outcome).toMatchObject({ status: 0, stderr: "" });
      return project.files(`out-${file}`);
    });
    expect(Object.keys(written[0]!)).toEqual([
      "manifest.json",
      "stacks/own/cdk.tf.json",
      "stacks/theirs/cdk.tf.json",
    ]);
    expect(written).toEqual([written[0], written[0], written[0]]);
  });

  test(`is synthesized by \`${name} synth\``, () => {
    project.write(
      "cdktf.json",
      JSON.stringify({
        language: "typescript",
        app: "node plain.js",
        projectId: "p",
        sendCrashReports: "false",
      }),
    );
    const node = name === "cdktn" ? join("node_modules", NODE, "bin/node") : process.execPath;
    project.must(node, join("node_modules/.bin", name), "synth", "-o", "by-cli");
    expect(parsed(project.files("by-cli"))).toEqual(parsed(project.files("out-plain.js")));
  });

  test("its `init` writes an app whose packages npm installs, and that passes its own test", () => {
    project.must("node_modules/.bin/redis-elastigroup", "init", "app", "--kind", name, "--yes");
    const manifest = JSON.parse(project.read("app/package.json")) as Record<string, Record<string, string>>;
    const own = { [framework.edition]: `file:${tarball(framework.edition)}` };
    const text = JSON.stringify({ ...manifest, dependencies: { ...manifest["dependencies"], ...own } });
    project.write("app/package.json", text);
    project.must(...["npm", "--prefix", "app", "install"], ...INSTALLING);
    expect(project.must("npm", "--prefix", "app", "test")).toMatch(/^# pass 1$/m);
  });

  test("its command synthesizes all examples, as stacks and as modules", () => {
    for (const config of CONFIGS) {
      const command = ["node_modules/.bin/redis-elastigroup", "-c", join(ROOT, config), "synth"];
      project.must(...command, "-o", join("examples", config));
      project.must(...command, "-o", join("modules", config), "--module");
    }
  });
});

test.each(["cdktf-redis-elastigroup", "cdktn-redis-elastigroup"])("npm would publish %s", (edition) => {
  expect(projects.cdktf.must("npm", "publish", "--dry-run", tarball(edition))).toContain(`+ ${edition}@`);
});

/** Files with JSON in place of their text. */
function parsed(files: Record<string, string>): object {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path, JSON.parse(text) as unknown]));
}

describe("both editions", () => {
  /**
   * All that differs: the version of the framework, which Terraform ignores, and the name of the AWS provider, which Terraform
   * completes to the same address.
   */
  const differences = {
    cdktf: [`"version": "${CDKTF.version}"`, '"source": "aws"'],
    cdktn: [`"version": "${CDK_TERRAIN.version}"`, '"source": "hashicorp/aws"'],
  };

  /** The files of a folder without them. */
  function common(name: keyof typeof projects, folder: string): Record<string, string> {
    const [version = "", source = ""] = differences[name];
    const files = Object.entries(projects[name].files(folder));
    return Object.fromEntries(
      files.map(([path, text]) => {
        if (path.endsWith(".tf.json")) expect(text).toContain(version);
        return [path, text.replace(version, '"version": ""').replace(source, '"source": ""')];
      }),
    );
  }

  test.each(["examples", "modules"])("write the same bytes for all %s but for two values", (folder) => {
    const files = common("cdktf", folder);
    const stacks = Object.keys(files).filter((path) => path.endsWith(".tf.json"));
    expect(stacks).toHaveLength(CONFIGS.length);
    expect(common("cdktn", folder)).toEqual(files);
  });

  test("write the same JSON from an app but for these and the path of its local state", () => {
    const [cdktf, cdktn] = (["cdktf", "cdktn"] as const).map((name) => {
      const files = Object.entries(common(name, "out-plain.js"));
      return parsed(
        Object.fromEntries(
          files.map(([path, text]) => [path, text.replaceAll(projects[name].folder, "PROJECT")]),
        ),
      );
    });
    expect(cdktn).toEqual(cdktf);
  });
});
