import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PaperFleet } from "../../rehearsal/spot-api/paper-fleet";
import { SpotApi } from "../../rehearsal/spot-api/spot-api";
import { Terraform } from "../../rehearsal/terraform";
import { exampleText } from "../config/example";
import { file, ROOT, temporaryFolder } from "../support/folder";
import { type Json } from "../constructs/support";
import { describeWith } from "../support/needs";
import { run } from "./run";

const folder = temporaryFolder();
const inputs = {
  masters: { variable: "masters" },
  replicas: { variable: "replicas" },
  availabilityZones: { variable: "zones" },
};
const config = file(folder, "orders.yaml", exampleText({ name: "orders", ...inputs }));

function output(): string {
  return join(mkdtempSync(join(folder, "case-")), "modules");
}

function written(directory: string, name = "orders"): Json {
  return JSON.parse(readFileSync(join(directory, name, "main.tf.json"), "utf8"));
}

describe("synth --module", () => {
  test("writes one file for each config, and nothing else", async () => {
    const directory = output();
    const other = file(folder, "other.yaml", exampleText({ name: "other" }));
    const ended = await run("synth", "--module", "-c", config, "-c", other, "-o", directory);
    expect(ended).toMatchObject({ exit: 0, stdout: "" });
    const files = readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(directory.length + 1));
    expect(files.sort()).toEqual(["orders/main.tf.json", "other/main.tf.json"]);
  });

  test("has neither provider nor backend, but version ranges, inputs and outputs", async () => {
    const directory = output();
    await run("synth", "--module", "-c", config, "-o", directory);
    const module = written(directory);
    expect(module).not.toHaveProperty("provider");
    expect(module.terraform).toEqual({
      required_version: expect.stringMatching(/^>= 1\.\d$/) as string,
      required_providers: { spotinst: { source: "spotinst/spotinst", version: "~> 1.231" } },
    });
    expect(Object.keys(module.variable).sort()).toEqual(["masters", "name", "replicas", "zones"]);
    expect(module.variable.name).toMatchObject({ default: "orders", type: "string", nullable: false });
    expect(Object.keys(module.output)).toEqual(expect.arrayContaining(["group_id", "name", "settings"]));
  });

  test("with a network requires the AWS provider without configuring it", async () => {
    const directory = output();
    const network = { vpcId: "vpc-0123456789abcdef0", masters: { securityGroupId: "sg-0123456789abcdef1" } };
    const path = file(folder, "network.yaml", exampleText({ name: "orders", network }));
    expect(await run("synth", "--module", "-c", path, "-o", directory)).toMatchObject({ exit: 0 });
    expect(written(directory)).not.toHaveProperty("provider");
    expect(written(directory).terraform.required_providers).toHaveProperty("aws");
  });

  test("warns of keys that belong into the root module", async () => {
    const more = { name: "orders", account: "act-1a2b3c4d", backend: { s3: {} } };
    const path = file(folder, "more.yaml", exampleText(more));
    const { exit, stderr } = await run("synth", "--module", "-c", path, "-o", output());
    expect(exit).toBe(0);
    expect(stderr).toContain("`account` is not part of a module; set it in the root module");
    expect(stderr).toContain("`backend` is not part of a module");
  });

  test.each([
    [{ adopt: "sig-1a2b3c4d" }, "`adopt` must be left out of a module"],
    [
      {
        replicas: undefined,
        shards: [
          { name: "a", master: "10.0.1.10", replicas: 1 },
          { name: "b", master: "10.0.1.11", replicas: 1, adopt: "sig-1a2b3c4d" },
        ],
      },
      /bad\.yaml:[2-9]\d*:\d+: `shards\[1\]\.adopt` must be left out of a module/,
    ],
    [
      { masters: { variable: "name" } },
      /bad\.yaml:[2-9]\d*:\d+: `masters` must not be called `name`, which is the module's own/,
    ],
  ])("with %j is one message", async (changes, message) => {
    const directory = output();
    const path = file(folder, "bad.yaml", exampleText({ name: "orders", ...changes }));
    const { exit, stderr } = await run("synth", "--module", "-c", path, "-o", directory);
    expect(exit).toBe(1);
    expect(stderr).toMatch(message);
    expect(existsSync(directory)).toBe(false);
  });

  test("--check compares its own modules, and ignores others", async () => {
    const directory = output();
    mkdirSync(join(directory, "stacks", "hand-made"), { recursive: true });
    writeFileSync(join(directory, "stacks", "hand-made", "cdk.tf.json"), "{}");
    expect((await run("synth", "--module", "--check", "-c", config, "-o", directory)).exit).toBe(2);
    await run("synth", "--module", "-c", config, "-o", directory);
    expect(await run("synth", "--module", "--check", "-c", config, "-o", directory)).toEqual({
      exit: 0,
      stdout: "",
      stderr: "",
    });
    expect(existsSync(join(directory, "stacks", "hand-made", "cdk.tf.json"))).toBe(true);
  });
});

/** Two clusters by one module, as a reader would write it. */
const MAIN = `
terraform {
  required_providers {
    spotinst = { source = "spotinst/spotinst" }
  }
}

provider "spotinst" {}

locals {
  clusters = {
    orders = { master = "10.0.1.10", replicas = 2 }
    users  = { master = "10.0.2.10", replicas = 3 }
  }
}

module "replicas" {
  source   = "./modules/orders"
  for_each = local.clusters

  name     = "\${each.key}-replicas"
  masters  = [each.value.master]
  replicas = each.value.replicas
  zones    = { "us-west-2a" = ["subnet-0a1b"], "us-west-2b" = ["subnet-0a2b"] }
}

output "ids" {
  value = { for key, replicas in module.replicas : key => replicas.group_id }
}
`;

describeWith(["terraform", "spotinst provider"], "a root module in HCL, with the real provider", () => {
  let api: SpotApi;

  beforeAll(async () => void (api = await SpotApi.start({ fleet: new PaperFleet() })));
  afterAll(() => api.close());

  test("creates a group for each key, has an empty second plan, and destroys them", async () => {
    const root = mkdtempSync(join(folder, "root-"));
    writeFileSync(join(root, "main.tf"), MAIN);
    await run("synth", "--module", "-c", config, "-o", join(root, "modules"));
    const terraform = new Terraform(root, api.environment());
    await terraform.init();
    await terraform.apply();
    await api.settle();

    const groups = api.groups.list() as Json[];
    expect(groups.map(({ name, capacity }) => [name, capacity.target]).sort()).toEqual([
      ["orders-replicas", 2],
      ["users-replicas", 3],
    ]);
    const { ids } = await terraform.output();
    expect(Object.keys(ids as object)).toEqual(["orders", "users"]);
    await expect(terraform.plan()).resolves.toMatchObject({ exitCode: 0 });

    await terraform.destroy();
    await api.settle();
    expect(api.groups.list()).toEqual([]);
    expect(api.orphaned).toEqual([]);
  }, 120_000);

  test("is refused with the messages of the config if an input is wrong", async () => {
    const root = mkdtempSync(join(folder, "root-"));
    writeFileSync(join(root, "main.tf"), MAIN.replace("replicas = 2", "replicas = 0"));
    await run("synth", "--module", "-c", config, "-o", join(root, "modules"));
    const terraform = new Terraform(root, api.environment());
    await terraform.init();
    await expect(terraform.plan()).rejects.toThrow("`replicas` must be a whole number from 1 to 1000");
  }, 120_000);
});

test("the default folder is modules", async () => {
  const before = process.cwd();
  process.chdir(mkdtempSync(join(folder, "cwd-")));
  try {
    await run("synth", "--module", "-c", config);
    expect(readdirSync(".")).toEqual(["modules"]);
  } finally {
    process.chdir(before);
  }
  expect(existsSync(join(ROOT, "modules"))).toBe(false);
});
