import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { main } from "../../cli";
import { KINDS } from "../../cli/project";
import { version } from "../../constructs/redis/release";
import { loadConfigs } from "../../config/load";
import { file, ROOT, temporaryFolder } from "../support/folder";
import { redisElastigroup } from "../support/bundle";
import { describeWith } from "../support/needs";
import { type Ended, json, run } from "./run";

const folder = temporaryFolder();

/** A new empty folder. */
function empty(): string {
  return mkdtempSync(join(folder, "empty-"));
}

/** All files below a folder: their texts by their paths. */
function tree(directory: string): Record<string, string> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((each) => !each.isDirectory()).map((each) => join(each.parentPath, each.name));
  return Object.fromEntries(
    paths.sort().map((path) => [path.slice(directory.length + 1), readFileSync(path, "utf8")]),
  );
}

/** A flag for every question. */
const FLAGS = [
  ...["--name", "orders", "--region", "eu-central-1", "--masters", "10.0.1.10,redis-2.orders.internal"],
  ...["--replicas", "4", "--image", "ami-0a1b2c3d", "--types", "r7g.large,r6g.large"],
  ...["--zones", "eu-central-1a=subnet-0a1b2c3d,eu-central-1b=subnet-1a1b2c3d,eu-central-1a=subnet-2a1b2c3d"],
  ...["--security-groups", "sg-0a1b2c3d,sg-1a1b2c3d"],
];

const lines = ({ stderr }: Ended): string[] => stderr.trimEnd().split("\n");

test("the config of a project has the answers", async () => {
  const directory = empty();
  expect(await run("init", directory, ...FLAGS)).toMatchObject({ exit: 0 });
  const [{ config } = {}] = loadConfigs([join(directory, "redis-replicas.yaml")]);
  expect(config).toEqual({
    name: "orders",
    region: "eu-central-1",
    masters: ["10.0.1.10", "redis-2.orders.internal"],
    replicas: 4,
    imageId: "ami-0a1b2c3d",
    rootVolume: { device: "/dev/xvda" },
    instanceTypes: { onDemand: "r7g.large", spot: ["r7g.large", "r6g.large"] },
    availabilityZones: {
      "eu-central-1a": ["subnet-0a1b2c3d", "subnet-2a1b2c3d"],
      "eu-central-1b": ["subnet-1a1b2c3d"],
    },
    securityGroupIds: ["sg-0a1b2c3d", "sg-1a1b2c3d"],
  });
});

test("--yes needs no other flag: the name is that of the folder, the other values are examples", async () => {
  const directory = join(empty(), "demo");
  const ended = await run("init", directory, "--yes");
  expect(ended.exit).toBe(0);
  expect(lines(ended)).toEqual([
    `${directory}: 5 files written; README.md has the next steps`,
    "replace these examples before you deploy: region, masters, imageId, instanceTypes, availabilityZones, securityGroupIds",
  ]);
  expect(loadConfigs([join(directory, "redis-replicas.yaml")])[0]?.config.name).toBe("demo");
});

test("the example of the zones follows the region", async () => {
  expect(await run("init", empty(), "--yes", "--name", "x", "--region", "eu-west-1")).toMatchObject({
    exit: 0,
  });
});

test.each([...KINDS])(
  "%s: the same answers are the same bytes in any folder, without its path",
  async (kind) => {
    const [first, second] = [empty(), empty()];
    for (const directory of [first, second]) await run("init", directory, "--kind", kind, ...FLAGS);
    expect(tree(second)).toEqual(tree(first));
    expect(Object.keys(tree(first))).toEqual(
      expect.arrayContaining([".gitignore", "README.md", "package.json"]),
    );
    expect(JSON.stringify(tree(first))).not.toContain(folder);
  },
);

test("every project is formatted as prettier formats it, with short and with long values", async () => {
  const directory = empty();
  const many = (prefix: string): string =>
    Array.from({ length: 9 }, (_, index) => `${prefix}${index}a1b2c3d`).join(",");
  const long = [
    ...["--name", "n".repeat(100), "--masters", many("redis-"), "--security-groups", many("sg-")],
    ...[
      "--zones",
      many("us-west-2a=subnet-"),
      "--types",
      "r6i.large,r6a.large,r5.large,r5a.large,m6i.large,m6a.large",
    ],
  ];
  for (const kind of KINDS) {
    expect(await run("init", join(directory, kind), "--kind", kind, "--yes")).toMatchObject({ exit: 0 });
    const ended = await run("init", join(directory, `long-${kind}`), "--kind", kind, "--yes", ...long);
    expect(ended).toMatchObject({ exit: 0 });
  }
  const prettier = join(ROOT, "node_modules/.bin/prettier");
  const { stderr } = spawnSync(prettier, ["--check", "--no-config", "."], {
    cwd: directory,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
}, 60_000);

test("texts that YAML takes for other types stay texts", async () => {
  const directory = empty();
  await run("init", directory, "--yes", "--name", "1e3", "--masters", "[fd00::1]:6380");
  expect(loadConfigs([join(directory, "redis-replicas.yaml")])[0]?.config).toMatchObject({
    name: "1e3",
    masters: ["[fd00::1]:6380"],
  });
});

test("an app of CDK Terrain is that of CDKTF with other packages", async () => {
  const [cdktf, cdktn] = [empty(), empty()];
  await run("init", cdktf, "--kind", "cdktf", ...FLAGS);
  await run("init", cdktn, "--kind", "cdktn", ...FLAGS);
  const sources = (directory: string) =>
    Object.entries(tree(directory)).filter(([path]) => path.endsWith(".ts") || path.endsWith("cdktf.json"));
  expect(sources(cdktn).map(([path, text]) => [path, text.replaceAll("cdktn", "cdktf")])).toEqual(
    sources(cdktf),
  );
});

test("the pinned versions are those that this checkout is tested with", async () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Record<string, object>;
  const tested = { ...manifest["devDependencies"], "cdktf-redis-elastigroup": version() };
  for (const kind of ["config", "pipeline", "cdktf"]) {
    const directory = empty();
    await run("init", directory, "--kind", kind, ...FLAGS);
    const written = JSON.parse(tree(directory)["package.json"] ?? "") as Record<string, object>;
    const pins = Object.entries({ ...written["dependencies"], ...written["devDependencies"] });
    // The copy of the checkout for CDK Terrain lacks some of them.
    const known = pins.filter(([name]) => name in tested);
    expect(known.length).toBeGreaterThan(2);
    expect(tested).toMatchObject(Object.fromEntries(known));
  }
  const directory = empty();
  await run("init", directory, "--kind", "cdktn", ...FLAGS);
  const cdktn = /^readonly CDKTN=(.*)$/m.exec(readFileSync(join(ROOT, ".ci/cdk-terrain"), "utf8"))?.[1];
  expect(tree(directory)["package.json"]).toContain(`"cdktn": "${cdktn}"`);
});

describe("bad input", () => {
  test("all mistakes are reported at once, by their flags, and no file is written", async () => {
    const directory = empty();
    const wrong = [
      ...["--kind", "pipelin", "--name", "a b", "--region", "mars", "--masters", "10.0.1.10,10.0.1.999"],
      ...["--replicas", "none", "--image", "ami", "--types", "r6i.large,banana", "--security-groups", "sg-"],
      ...["--zones", "us-west-2a,us-west-2b=subnet-0a1b2c3d"],
    ];
    const ended = await run("init", directory, ...wrong);
    expect(ended).toMatchObject({ exit: 1, stdout: "" });
    expect(lines(ended).map((line) => line.replace(/ must .*, got: /, " … "))).toEqual([
      'redis-elastigroup: `--kind` … "pipelin". Did you mean `pipeline`?',
      'redis-elastigroup: `--name` … "a b"',
      'redis-elastigroup: `--region` … "mars"',
      'redis-elastigroup: `--masters[1]` … "10.0.1.999"',
      'redis-elastigroup: `--replicas` … "none"',
      'redis-elastigroup: `--image` … "ami"',
      'redis-elastigroup: `--types[1]` … "banana"',
      'redis-elastigroup: `--zones.us-west-2a[0]` … ""',
      'redis-elastigroup: `--security-groups[0]` … "sg-"',
    ]);
    expect(tree(directory)).toEqual({});
  });

  test("rules across values are those of the config file", async () => {
    const ended = await run("init", empty(), "--yes", "--name", "x", "--types", "r6i.large,r6g.large");
    expect(ended.exit).toBe(1);
    expect(ended.stderr).toContain("`--types");
    const zones = await run("init", empty(), ...FLAGS, "--region", "us-west-2");
    expect(lines(zones)[0]).toMatch(
      /^redis-elastigroup: `--zones\.eu-central-1a` must be a zone of `region`/,
    );
  });

  test.each(["__proto__=subnet-0a1b2c3d", "", "=", ",,"])("the zones %j are refused", async (zones) => {
    const directory = empty();
    expect(await run("init", directory, ...FLAGS, "--zones", zones)).toMatchObject({ exit: 1, stdout: "" });
    expect(tree(directory)).toEqual({});
  });

  test("without a terminal, all missing flags are in one message, beside other mistakes", async () => {
    const ended = await run("init", empty(), "--name", "x", "--region", "mars", "--image", "ami-0a1b2c3d");
    expect(ended).toMatchObject({ exit: 1, stdout: "" });
    expect(lines(ended)).toEqual([
      "redis-elastigroup: without a terminal to ask on, these flags are needed: --masters, --types, --zones, --security-groups; or --yes for examples",
      expect.stringContaining("`--region` must"),
    ]);
  });

  test("under --json they are diagnostics", async () => {
    const ended = await run("init", empty(), "--json", "--region", "mars");
    expect(ended).toMatchObject({ exit: 1, stderr: "" });
    expect(json(ended)).toMatchObject({ valid: false, error_count: 2 });
  });
});

describe("files that exist", () => {
  test("are never overwritten, and nothing else is written", async () => {
    const directory = empty();
    file(directory, "README.md", "mine\n");
    file(directory, "package.json", "{}\n");
    const ended = await run("init", directory, ...FLAGS);
    expect(ended).toMatchObject({ exit: 1, stdout: "" });
    expect(lines(ended)).toEqual(
      ["README.md", "package.json"].map(
        (path) => `${join(directory, path)}: the file exists; overwrite it with --force`,
      ),
    );
    expect(Object.keys(tree(directory))).toEqual(["README.md", "package.json"]);
  });

  test("are overwritten with --force; others stay", async () => {
    const directory = empty();
    file(directory, "README.md", "mine\n");
    file(directory, "notes.md", "mine\n");
    expect(await run("init", directory, ...FLAGS, "--force")).toMatchObject({ exit: 0 });
    expect(tree(directory)).toMatchObject({
      "README.md": expect.stringMatching(/^# orders\n/) as string,
      "notes.md": "mine\n",
    });
  });

  test("a link is a file, even if its target is missing, and --force replaces the link", async () => {
    const [directory, elsewhere] = [empty(), empty()];
    symlinkSync(join(elsewhere, "target"), join(directory, "README.md"));
    expect(await run("init", directory, ...FLAGS)).toMatchObject({ exit: 1 });
    expect(await run("init", directory, ...FLAGS, "--force")).toMatchObject({ exit: 0 });
    expect(existsSync(join(elsewhere, "target"))).toBe(false);
  });

  test.each([[[]], [["--force"]]])("a folder in the place of a file is refused with %j", async (flags) => {
    const directory = empty();
    mkdirSync(join(directory, "README.md"));
    const ended = await run("init", directory, ...FLAGS, ...flags);
    expect(lines(ended)).toEqual([
      `${join(directory, "README.md")}: this is a folder, and the project has a file there`,
    ]);
    expect(readdirSync(directory)).toEqual(["README.md"]);
  });

  test("a file in the place of a folder is refused once, with --force, too", async () => {
    const directory = empty();
    file(directory, ".github", "");
    file(directory, "blocked", "");
    const ended = await run("init", directory, "--kind", "pipeline", ...FLAGS, "--force");
    expect(lines(ended)).toEqual([
      `${join(directory, ".github")}: this is not a folder, and the project has one there`,
    ]);
    expect(await run("init", join(directory, "blocked"), ...FLAGS)).toMatchObject({ exit: 1 });
    expect(readdirSync(directory)).toEqual([".github", "blocked"]);
  });
});

test("stdout has the paths, and under --json an object", async () => {
  const directory = empty();
  const { stdout } = await run("init", directory, ...FLAGS);
  const paths = Object.keys(tree(directory));
  expect(stdout.trimEnd().split("\n").sort()).toEqual(paths.map((path) => join(directory, path)));
  const ended = await run("init", directory, ...FLAGS, "--force", "--json");
  expect(json(ended)).toMatchObject({
    directory,
    files: expect.arrayContaining(paths) as string[],
    examples: [],
  });
});

describe("on a terminal", () => {
  const { CI } = process.env;
  beforeAll(() => delete process.env["CI"]);
  afterAll(() => {
    if (CI !== undefined) process.env["CI"] = CI;
  });

  /** Runs a command line, and answers each prompt with the next of these lines; then the input ends. */
  async function typed(
    answers: readonly string[],
    ...argv: string[]
  ): Promise<Ended & { prompts: string[] }> {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    const stderr = Object.assign(new PassThrough(), { isTTY: true });
    const left = [...answers];
    const prompts: string[] = [];
    let shown = "";
    stderr.on("data", (chunk: Buffer) => {
      shown += chunk.toString();
      const prompt = /^(.*)\[.*\]: $/.exec(chunk.toString());
      if (!prompt) return;
      prompts.push(chunk.toString());
      const answer = left.shift();
      if (answer === undefined) stdin.end();
      else stdin.write(`${answer}\n`);
    });
    let stdout = "";
    const exit = await main(argv, { stdin, stdout: { write: (text) => (stdout += text) }, stderr });
    return { exit, stdout, stderr: shown, prompts };
  }

  test("each open question is asked, and an empty answer takes the value in brackets", async () => {
    const directory = join(empty(), "demo");
    const asked = ["", "", "eu-west-1", "", "5", "", "", "", ""];
    const { exit, prompts } = await typed(asked, "init", directory);
    expect(exit).toBe(0);
    expect(prompts.map((prompt) => prompt.replace(/^.* \[(.*)\]: $/, "$1"))).toEqual([
      ...["config", "demo", "us-west-2", "10.0.1.10", "3", "ami-0123456789abcdef0"],
      "r6i.large,r6a.large,r5.large",
      "eu-west-1a=subnet-0a1b2c3d4e5f60001,eu-west-1b=subnet-0a1b2c3d4e5f60002",
      "sg-0123456789abcdef0",
    ]);
    const [{ config } = {}] = loadConfigs([join(directory, "redis-replicas.yaml")]);
    expect(config).toMatchObject({ name: "demo", region: "eu-west-1", replicas: 5 });
  });

  test("what a flag brings is not asked", async () => {
    const { exit, prompts } = await typed([""], "init", empty(), ...FLAGS);
    expect([exit, prompts]).toEqual([0, [expect.stringContaining("kind of project")]]);
  });

  test("a wrong answer is explained, and asked again", async () => {
    const { exit, stderr, prompts } = await typed(
      ["", "mars", "us-east-1", "", "", "", "", "", ""],
      ...["init", empty(), "--kind", "config"],
    );
    expect(exit).toBe(0);
    expect(prompts.filter((prompt) => prompt.startsWith("AWS region"))).toHaveLength(2);
    expect(stderr).toContain('`--region` must be an AWS region such as us-west-2, got: "mars"\n');
  });

  test("wrong flags and files in the way are reported before the first question", async () => {
    const directory = empty();
    file(directory, "README.md", "");
    const { exit, prompts } = await typed([], "init", directory, "--kind", "cdktf", "--region", "mars");
    expect([exit, prompts]).toEqual([1, []]);
  });

  test("files in the way are reported as soon as the kind is known", async () => {
    const directory = empty();
    file(directory, "README.md", "");
    const { exit, prompts } = await typed(["cdktf"], "init", directory);
    expect([exit, prompts]).toEqual([1, [expect.stringContaining("kind of project")]]);
  });

  test("an input that ends before the last answer writes nothing", async () => {
    const directory = empty();
    const { exit, stderr } = await typed(["", "x"], "init", directory);
    expect(exit).toBe(1);
    expect(stderr).toMatch(/\nredis-elastigroup: stopped before the last answer; no file was written\n$/);
    expect(tree(directory)).toEqual({});
  });

  test.each([["--yes"], ["--json"]])("nothing is asked with %s", async (flag) => {
    const { prompts } = await typed([], "init", empty(), flag, ...FLAGS);
    expect(prompts).toEqual([]);
  });

  test("nothing is asked in a pipeline", async () => {
    process.env["CI"] = "true";
    const { exit, prompts } = await typed([], "init", empty());
    delete process.env["CI"];
    expect([exit, prompts]).toEqual([1, []]);
  });
});

describeWith(["python3 >= 3.9"], "on a real terminal", () => {
  /** Answers the prompts of a command on a new pseudo-terminal, then types `last`. */
  const DRIVER = `
import os, pty, re, sys
answers, last, argv = sys.argv[1].split("|"), sys.argv[2], sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(argv[0], argv)
shown = b""
while True:
    try:
        part = os.read(terminal, 4096)
    except OSError:
        break
    if not part:
        break
    shown += part
    # On a terminal, readline moves the cursor behind the prompt.
    if re.search(rb"\\]: (\\x1b\\[[0-9]+G)?$", shown):
        shown += b"\\n"
        os.write(terminal, ((answers.pop(0) + "\\n") if answers else last).encode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

  function onTerminal(answers: string, last: string, ...argv: string[]) {
    const env = { ...process.env };
    delete env["CI"];
    const command = [...redisElastigroup(), ...argv];
    return spawnSync("python3", ["-c", DRIVER, answers, last, ...command], {
      env,
      encoding: "utf8",
      timeout: 50_000,
    });
  }

  test("answers are typed, and the project is written", () => {
    const directory = join(empty(), "demo");
    expect(onTerminal("pipeline|||||||", "\n", "init", directory)).toMatchObject({ status: 0 });
    expect(Object.keys(tree(directory))).toContain(".github/workflows/terraform.yml");
  }, 60_000);

  test.each([
    ["Ctrl-C", "\x03"],
    ["Ctrl-D", "\x04"],
  ])(
    "%s stops it with 1, and writes nothing",
    (_, key) => {
      const directory = empty();
      expect(onTerminal("config", key, "init", directory)).toMatchObject({ status: 1 });
      expect(tree(directory)).toEqual({});
    },
    60_000,
  );
});
