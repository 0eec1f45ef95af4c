import { App, TerraformOutput, TerraformStack, TerraformVariable, Testing, Token } from "cdktf";
import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  type AgentArchive,
  BootScript,
  type BootScriptProps,
  type BootSteps,
  Failover,
  RedisEngine,
  RedisInstall,
} from "../../../constructs";
import { agentArchive } from "../../../constructs/redis/agent-archive";
import { describeWith } from "../../support/needs";

const masters = ["10.0.1.10", "redis-b.example.com"];

describe("settings", () => {
  test("have the masters and a pinned release with its checksum", () => {
    const { settings } = new BootScript({ masters });
    expect(settings).toMatchObject({
      MASTERS: "10.0.1.10 redis-b.example.com",
      SHARD: "",
      INSTALL: "source",
      PORT: "6379",
      FAILOVER: "allowed",
    });
    expect(settings.SHA256).toMatch(/^[0-9a-f]{64}$/);
  });

  test("have the values of the user", () => {
    const redis = {
      install: RedisInstall.fromPackage("redis6"),
      port: 6380,
      busPort: 17000,
      maxMemory: "12gb",
      backlogSize: "1gb",
      directives: { hz: "20", "client-output-buffer-limit": "replica 1gb 512mb 120" },
    };
    expect(new BootScript({ masters, redis, failover: Failover.NEVER }).settings).toEqual({
      MASTERS: "10.0.1.10 redis-b.example.com",
      SHARD: "",
      INSTALL: "package",
      VERSION: "",
      URL: "",
      SHA256: "",
      PACKAGE: "redis6",
      PORT: "6380",
      BUS_PORT: "17000",
      MAXMEMORY: "12gb",
      FAILOVER: "never",
      BACKLOG: "1gb",
      DIRECTIVES: "hz 20\nclient-output-buffer-limit replica 1gb 512mb 120",
    });
  });

  test("have a proxy, and URLs on a mirror, only if they are given", () => {
    const script = (props: Omit<BootScriptProps, "masters">) => new BootScript({ masters, ...props });
    const install = { proxy: "http://proxy.internal:3128", mirror: "https://files.example.com/redis/" };
    const { settings, text } = script({ install });
    expect(settings).toMatchObject({
      PROXY: "http://proxy.internal:3128",
      URL: "https://files.example.com/redis/redis-7.2.15.tar.gz",
    });
    expect(text).toContain("url='https://files.example.com/redis/redis-replica-");
    expect(text).toContain("export http_proxy='http://proxy.internal:3128' https_proxy='http://proxy");
    expect(script({ install, redis: { engine: RedisEngine.VALKEY } }).settings["URL"]).toBe(
      "https://files.example.com/redis/valkey-8.1.9.tar.gz",
    );
    expect(script({}).settings).not.toHaveProperty("PROXY");
    expect(script({}).text).not.toContain("http_proxy");
  });

  test("keep a URL of its own beside a mirror", () => {
    const release = { version: "7.2.4", url: "https://example.com/a.tar.gz", sha256: "0".repeat(64) };
    const { settings, text } = new BootScript({
      masters,
      redis: { install: RedisInstall.fromSource(release) },
      agent: { url: "https://example.com/agent.tar" },
      install: { mirror: "https://files.example.com" },
    });
    expect(settings["URL"]).toBe(release.url);
    expect(text).toContain("url='https://example.com/agent.tar'");
    expect(text).not.toContain("files.example.com");
  });

  test("have a node timeout and a host name, only if they are given", () => {
    const settings = { nodeTimeout: 5000, announceHostname: "{instance-id}.redis" };
    const names = { NODE_TIMEOUT: "5000", ANNOUNCE_HOSTNAME: "{instance-id}.redis" };
    expect(new BootScript({ masters, redis: settings }).settings).toMatchObject(names);
    for (const name of Object.keys(names))
      expect(new BootScript({ masters }).settings).not.toHaveProperty(name);
  });

  test("have a line for each module, only if there are some", () => {
    const modules = ["/lib/a.so", "/lib/b.so SIZE 400"];
    expect(new BootScript({ masters }).settings).not.toHaveProperty("MODULES");
    expect(new BootScript({ masters, redis: { modules } }).settings).toHaveProperty(
      "MODULES",
      "/lib/a.so\n/lib/b.so SIZE 400",
    );
  });

  test("have the data volume, and whether it is kept, only if there is one", () => {
    expect(new BootScript({ masters }).settings).not.toHaveProperty("DATA_VOLUME");
    expect(new BootScript({ masters, dataVolume: true }).settings).toHaveProperty("DATA_VOLUME", "kept");
    expect(new BootScript({ masters, dataVolume: false }).settings).toHaveProperty("DATA_VOLUME", "fresh");
  });

  test.each<[string, BootScriptProps, string]>([
    ["no master", { masters: [] }, "`masters` must name at least one master, got: []"],
    [
      "a master with an invalid port",
      { masters: ["10.0.1.10:65536"] },
      '`masters` must be an IP or DNS name with or without a port (by default, `redis.port`), IPv6 in brackets, such as [fd00::1]:6380, got: "10.0.1.10:65536"',
    ],
    [
      "an invalid port",
      { masters, redis: { port: 70000 } },
      "`redis.port` must be a whole number from 1 to 65535, got: 70000",
    ],
    [
      "a port without a valid bus port",
      { masters, redis: { port: 60000 } },
      "`redis.port` must be at most 55535 unless `busPort` is given, got: 60000",
    ],
    [
      "the same port for both",
      { masters, redis: { port: 7000, busPort: 7000 } },
      "`redis.busPort` must differ from `port`, got: 7000",
    ],
    [
      "an invalid size",
      { masters, redis: { maxMemory: "lots" } },
      '`redis.maxMemory` must be a size of at least 1mb, such as 512mb or 12gb, got: "lots"',
    ],
    [
      "a limit of 12 bytes",
      { masters, redis: { maxMemory: "12" } },
      '`redis.maxMemory` must be a size of at least 1mb, such as 512mb or 12gb, got: "12". Did you mean `12gb`?',
    ],
    [
      "a limit of 4096 bytes",
      { masters, redis: { maxMemory: "4096" } },
      '`redis.maxMemory` must be a size of at least 1mb, such as 512mb or 12gb, got: "4096". Did you mean `4096mb`?',
    ],
    [
      "a limit of 512000 bytes",
      { masters, redis: { maxMemory: "512000b" } },
      '`redis.maxMemory` must be a size of at least 1mb, such as 512mb or 12gb, got: "512000b". Did you mean `512000kb`?',
    ],
    [
      "a backlog of 64 bytes",
      { masters, redis: { backlogSize: "64" } },
      '`redis.backlogSize` must be a size of at least 1mb, such as 512mb or 12gb, got: "64". Did you mean `64mb`?',
    ],
    [
      "a directive that this package sets",
      { masters, redis: { directives: { appendonly: "yes" } } },
      "`redis.directives.appendonly` must be left out: this package sets it itself, or relies on its default",
    ],
    [
      "the folder of the append-only file",
      { masters, redis: { directives: { appenddirname: "aof" } } },
      "`redis.directives.appenddirname` must be left out: this package sets it itself, or relies on its default",
    ],
    [
      "a cluster directive",
      { masters, redis: { directives: { "cluster-replica-validity-factor": "0" } } },
      "must be left out: this package sets it itself",
    ],
    [
      "a shard with a port",
      { masters, shard: "10.0.1.10:65536" },
      '`shard` must be an IP or DNS name with or without a port (by default, `redis.port`), IPv6 in brackets, such as [fd00::1]:6380, got: "10.0.1.10:65536"',
    ],
    [
      "empty steps",
      { masters, steps: { before: " \n" } },
      "`bootScript.before` must be lines of shell, none of them END_OF_FILE, got: a text",
    ],
    [
      "steps with the line that ends their file",
      { masters, steps: { after: "cat <<END_OF_FILE\nx\nEND_OF_FILE\n" } },
      "`bootScript.after` must be lines of shell, none of them END_OF_FILE",
    ],
    [
      "a directive of two lines",
      { masters, redis: { directives: { hz: "20\nappendonly yes" } } },
      "`redis.directives.hz` must be one line",
    ],
  ])("refuse %s", (_name, props, message) => {
    expect(() => new BootScript(props)).toThrow(message);
  });

  test.each<[BootScriptProps["redis"], string, string]>([
    [{ port: Token.asNumber("${var.port}") }, "redis.port", "be at most 55535 unless `busPort` is given"],
    [{ port: Token.asNumber("${var.port}"), busPort: 7000 }, "redis.busPort", "differ from `port`"],
  ])("leave ports that are known only to Terraform to a precondition", (redis, prop, rule) => {
    const said = new BootScript({ masters, redis }).preconditions.map(({ errorMessage }) => errorMessage);
    expect(said).toContainEqual(expect.stringContaining(`\`${prop}\` must ${rule}, got: `));
  });

  const refuses = (directive: string): boolean => {
    try {
      return !new BootScript({ masters, redis: { directives: { [directive]: "no" } } });
    } catch {
      return true;
    }
  };

  test("do not allow users to set the directives of the instance's redis.conf, except two harmless ones", () => {
    const conf = BootScript.files().find(({ path }) => path.endsWith("/redis.conf"))!.content;
    const own = conf.split("\n").flatMap((line) => /^[a-z][a-z-]*/.exec(line)?.[0] ?? []);
    expect(own.length).toBeGreaterThan(10);
    expect([...new Set(own)].filter((directive) => !refuses(directive))).toEqual(["disable-thp"]);
  });

  test.each(["appenddirname", "loglevel", "no-appendfsync-on-rewrite", "rdbchecksum", "rename-command"])(
    "refuse %s, since the instance relies on its default",
    (directive) => expect(refuses(directive)).toBe(true),
  );

  test.each(["replica-announce-ip", "slave-announce-ip", "slave-read-only", "tls-replication"])(
    "refuse %s, also by its old name and its variants",
    (directive) => expect(refuses(directive)).toBe(true),
  );

  test.each(["hz", "maxmemory-policy", "repl-timeout"])("leave %s to users", (directive) =>
    expect(refuses(directive)).toBe(false),
  );
});

describe("the script", () => {
  const { text } = new BootScript({ masters });

  test("has the same bytes for the same input", () => {
    expect(new BootScript({ masters }).text).toBe(text);
  });

  test("has an expression for a data volume whose persistence is known only to Terraform", () => {
    const stack = new TerraformStack(new App(), "s");
    const kept = new TerraformVariable(stack, "kept", { type: "bool" }).booleanValue;
    const { settings } = new BootScript({ masters, dataVolume: kept });
    new TerraformOutput(stack, "setting", { value: settings.DATA_VOLUME });
    expect(JSON.parse(Testing.synth(stack))).toHaveProperty(
      "output.setting.value",
      '${var.kept ? "kept" : "fresh"}',
    );
  });

  test("leaves 13 KB of EC2's limit to the user after gzip", () => {
    expect(gzipSync(text).length).toBeLessThanOrEqual(2600);
  });

  test("keeps a master that is known only to Terraform as a reference", () => {
    const stack = new TerraformStack(new App(), "s");
    const variable = new TerraformVariable(stack, "master_ip", { type: "string" });
    const script = new BootScript({ masters: [variable.stringValue, "10.0.1.11"] });
    new TerraformOutput(stack, "masters", { value: script.settings.MASTERS });
    expect(Testing.synth(stack)).toContain('"${var.master_ip} 10.0.1.11"');
  });
});

describeWith(["bash"], "the script as bash", () => {
  test("parses", () => {
    const { status, stderr } = spawnSync("bash", ["-n"], {
      input: new BootScript({ masters }).text,
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([0, ""]);
  });

  test("has settings that a shell reads unchanged, including quotes and template sequences", () => {
    const directives = { hz: "20", "proc-title-template": `it's "{x}" \${y} %{z} \\n $(id)` };
    const { text } = new BootScript({ masters, redis: { directives } });
    const settings = /<<'END_OF_FILE'\n([\s\S]*?)END_OF_FILE\n/.exec(text)?.[1] ?? "";
    const { stdout } = spawnSync("bash", ["-c", `${settings}\nprintf %s "$DIRECTIVES"`], {
      encoding: "utf8",
    });
    expect(stdout).toBe(`hz 20\nproc-title-template ${directives["proc-title-template"]}`);
  });
});

describeWith(["bash"], "the user's steps", () => {
  /** Runs the script without its installation, and with an agent that ends with this exit code. */
  function run(steps: BootSteps, setup = 0): { status: number | null; stdout: string; stderr: string } {
    const { text } = new BootScript({ masters, steps });
    const root = mkdtempSync(join(tmpdir(), "boot-"));
    const agent = join(root, "agent");
    writeFileSync(
      agent,
      `#!/bin/sh\n[ $1 = setup ] || { echo in sync; exit; }\necho setup\nexit ${setup}\n`,
      { mode: 0o755 },
    );
    const inside = text
      .replace(/\nfile \/etc\/[^]*?\nsystemctl start --no-block [^\n]*\n/, "\n")
      .replaceAll("/run/redis-replica.", `${root}/`)
      .replaceAll("/usr/local/bin/redis-replica", agent);
    const { status, stdout, stderr } = spawnSync("bash", {
      input: inside,
      encoding: "utf8",
      timeout: 20_000,
    });
    rmSync(root, { recursive: true });
    return { status, stdout, stderr };
  }

  test("run unchanged before and after, and do not read the rest of the script from stdin", () => {
    const nasty = `printf '%s\\n' "it's" '\${x}' '%{y}' "$((1 + 1))"; cat`;
    expect(run({ before: nasty, after: "echo after" })).toEqual({
      status: 0,
      stdout: "it's\n${x}\n%{y}\n2\nsetup\nafter\n",
      stderr: "",
    });
  });

  test("are strict: an unset variable, a failed part of a pipe and a failed line end them", () => {
    for (const before of ["echo $nothing", "false | true", "false\ntrue"]) {
      const { status, stdout } = run({ before });
      expect([before, status === 0, stdout]).toEqual([before, false, ""]);
    }
  });

  test("that fail before the installation end the script with their exit code, and nothing is installed", () => {
    expect(run({ before: "exit 7", after: "echo after" })).toMatchObject({ status: 7, stdout: "" });
  });

  test("that fail after the join are reported, and the exit code of the join stays the same", () => {
    expect(run({ after: "echo after\nexit 7" })).toEqual({
      status: 0,
      stdout: "setup\nafter\n",
      stderr: "redis-replica: bootScript.after ended with 7; the replica: in sync\n",
    });
  });

  test("after the join do not run after a refusal", () => {
    expect(run({ after: "echo after" }, 20)).toMatchObject({ status: 20, stdout: "setup\n" });
  });

  test("that are not valid shell code fail without breaking the script", () => {
    expect(run({ after: 'if "' })).toMatchObject({ status: 0, stdout: "setup\n" });
  });

  test("count in the size", () => {
    const size = (steps?: BootSteps): number => gzipSync(new BootScript({ masters, steps }).text).length;
    expect(size({ after: randomBytes(3000).toString("base64") })).toBeGreaterThan(size() + 2900);
  });
});

describeWith(["bash", "shellcheck"], "the script, checked by shellcheck", () => {
  test.each([undefined, { before: "true", after: "true" }])("has no findings with the steps %j", (steps) => {
    const { status, stdout } = spawnSync("shellcheck", ["--shell=bash", "-"], {
      input: new BootScript({ masters, steps, dataVolume: steps && true }).text,
      encoding: "utf8",
    });
    expect([status, stdout]).toEqual([0, ""]);
  });
});

describe("the agent", () => {
  const url = "https://example.com/agent.tar";
  const own = createHash("sha256").update(agentArchive()).digest("hex");
  const named = (agent?: AgentArchive): string =>
    /^lib=\S+ (url=.*) status=0$/m.exec(new BootScript({ masters, agent }).text)?.[1] ?? "";

  test("is downloaded from the release of this version, with its checksum", () => {
    const { version, repository } = JSON.parse(readFileSync("package.json", "utf8")) as {
      version: string;
      repository: { url: string };
    };
    const releases = `${repository.url.replace(/\.git$/, "")}/releases/download`;
    expect(named()).toBe(`url='${releases}/v${version}/redis-replica-${version}.tar' sha256='${own}'`);
  });

  test("from another URL must have the checksum of this version by default", () => {
    expect(named({ url })).toBe(`url='${url}' sha256='${own}'`);
  });

  test("can have another URL and checksum", () => {
    expect(named({ url, sha256: "1".repeat(64) })).toBe(`url='${url}' sha256='${"1".repeat(64)}'`);
  });

  test.each([
    ["bootScript.agent.url", { url: "ftp://example.com/agent.tar" }, "be an HTTP or HTTPS URL"],
    ["bootScript.agent.sha256", { url, sha256: "1234" }, "be 64 digits of lower-case hex"],
  ])("with a wrong %s is refused", (prop, agent, rule) => {
    expect(() => new BootScript({ masters, agent })).toThrow(`\`${prop}\` must ${rule}`);
  });
});
