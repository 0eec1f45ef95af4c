import { App, TerraformOutput, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { spawnSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { BootScript, type BootScriptProps, Failover, RedisInstall } from "../../constructs";
import { describeWith } from "../support/needs";

const masters = ["10.0.1.10", "redis-b.example.com"];

describe("settings", () => {
  test("hold the masters and a pinned release with its checksum", () => {
    const { settings } = new BootScript({ masters });
    expect(settings).toMatchObject({
      MASTERS: "10.0.1.10 redis-b.example.com",
      INSTALL: "source",
      PORT: "6379",
      FAILOVER: "allowed",
    });
    expect(settings.SHA256).toMatch(/^[0-9a-f]{64}$/);
  });

  test("hold what the user chose", () => {
    const redis = {
      install: RedisInstall.package("redis6"),
      port: 6380,
      busPort: 17000,
      maxMemory: "12gb",
      backlogSize: "1gb",
      directives: { hz: "20", "client-output-buffer-limit": "replica 1gb 512mb 120" },
    };
    expect(new BootScript({ masters, redis, failover: Failover.NEVER }).settings).toEqual({
      MASTERS: "10.0.1.10 redis-b.example.com",
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

  test.each<[string, BootScriptProps, string]>([
    ["no master", { masters: [] }, "`masters` must name at least one master, got: []"],
    [
      "a master with a port",
      { masters: ["10.0.1.10:6379"] },
      '`masters` must be an IP or DNS name without a port (`redis.port` holds for all), got: "10.0.1.10:6379"',
    ],
    [
      "a port that is none",
      { masters, redis: { port: 70000 } },
      "`redis.port` must be a whole number from 1 to 65535, got: 70000",
    ],
    [
      "a port without room for the bus",
      { masters, redis: { port: 60000 } },
      "`redis.port` must be at most 55535 unless `busPort` is given, got: 60000",
    ],
    [
      "a size that is none",
      { masters, redis: { maxMemory: "lots" } },
      '`redis.maxMemory` must be a size such as 512mb or 12gb, got: "lots"',
    ],
    [
      "a directive of this package's own",
      { masters, redis: { directives: { appendonly: "yes" } } },
      '`redis.directives` must leave alone what this package sets itself, got: "appendonly"',
    ],
    [
      "a cluster directive",
      { masters, redis: { directives: { "cluster-replica-validity-factor": "0" } } },
      "must leave alone what this package sets itself",
    ],
    [
      "a directive of two lines",
      { masters, redis: { directives: { hz: "20\nappendonly yes" } } },
      "`redis.directives.hz` must be one line",
    ],
  ])("refuse %s", (_name, props, message) => {
    expect(() => new BootScript(props)).toThrow(message);
  });
});

describe("the script", () => {
  const { text } = new BootScript({ masters });

  test("is the same bytes for the same input", () => {
    expect(new BootScript({ masters }).text).toBe(text);
  });

  test("carries every file of the instance, to the letter", () => {
    for (const { path, mode, content } of BootScript.files()) {
      expect(text).toContain(`\nfile ${path} ${mode} <<'END_OF_FILE'\n${content}END_OF_FILE\n`);
    }
  });

  test("leaves a quarter of EC2's limit to the user after gzip", () => {
    expect(gzipSync(text).length).toBeLessThanOrEqual(12 * 1024);
  });

  test("keeps a master that only Terraform knows as a reference", () => {
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

  test("gives a shell back the settings as they were, quotes and templates too", () => {
    const directives = { hz: "20", "proc-title-template": `it's "{x}" \${y} %{z} \\n $(id)` };
    const { text } = new BootScript({ masters, redis: { directives } });
    const settings = /<<'END_OF_FILE'\n([\s\S]*?)END_OF_FILE\n/.exec(text)?.[1] ?? "";
    const { stdout } = spawnSync("bash", ["-c", `${settings}\nprintf %s "$DIRECTIVES"`], {
      encoding: "utf8",
    });
    expect(stdout).toBe(`hz 20\nproc-title-template ${directives["proc-title-template"]}`);
  });
});

describeWith(["bash", "shellcheck"], "the script before shellcheck", () => {
  test("is clean", () => {
    const { status, stdout } = spawnSync("shellcheck", ["--shell=bash", "-"], {
      input: new BootScript({ masters }).text,
      encoding: "utf8",
    });
    expect([status, stdout]).toEqual([0, ""]);
  });
});
