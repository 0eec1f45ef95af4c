import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { run as execute } from "../../rehearsal/run";
import { PaperFleet } from "../../rehearsal/spot-api/paper-fleet";
import { SpotApi } from "../../rehearsal/spot-api/spot-api";
import { temporaryFolder } from "../support/folder";
import { redisElastigroup } from "../support/bundle";
import { describeWith } from "../support/needs";
import { run } from "./run";

/** A step of a job of GitHub Actions. */
interface Step {
  readonly if?: string;
  readonly run?: string;
}

/** The parts of a workflow that are run here. */
interface Workflow {
  readonly jobs: {
    readonly terraform: { readonly env: Record<string, string>; readonly steps: readonly Step[] };
  };
}

const folder = temporaryFolder();
const project = join(folder, "orders");
const bin = join(folder, "bin");
const stack = join(project, "cdktf.out/stacks/orders");

/** As in a project with installed packages. `package.test.ts` installs them. */
function installCommands(): void {
  mkdirSync(bin);
  const command = `exec ${redisElastigroup().join(" ")} "$@"\n`;
  writeFileSync(join(bin, "redis-elastigroup"), `#!/bin/sh\n${command}`, { mode: 0o755 });
  writeFileSync(join(bin, "npx"), `#!/bin/sh\nshift\n${command}`, { mode: 0o755 });
}

function workflow(): Workflow["jobs"]["terraform"] {
  const text = readFileSync(join(project, ".github/workflows/terraform.yml"), "utf8");
  return (parse(text) as Workflow).jobs.terraform;
}

beforeAll(async () => {
  installCommands();
  await run("init", project, "--kind", "pipeline", "--yes");
  await run("synth", "-c", join(project, "redis-replicas.yaml"), "-o", join(project, "cdktf.out"));
});

test("the values of the workflow's secrets and variables come from GitHub", () => {
  const { env } = workflow();
  expect(env["STACK"]).toBe("cdktf.out/stacks/orders");
  for (const [name, kind] of [
    ["SPOTINST_TOKEN", "secrets"],
    ["SPOTINST_ACCOUNT", "secrets"],
    ["AWS_ACCESS_KEY_ID", "secrets"],
    ["AWS_SECRET_ACCESS_KEY", "secrets"],
    ["STATE_BUCKET", "vars"],
  ] as const)
    expect(env[name]).toBe(`\${{ ${kind}.${name} }}`);
});

test("the state is in S3, with a lock", () => {
  const { terraform } = JSON.parse(readFileSync(join(stack, "cdk.tf.json"), "utf8")) as { terraform: object };
  expect(terraform).toMatchObject({
    backend: { s3: { key: "orders.tfstate", region: "us-west-2", use_lockfile: true } },
  });
});

describeWith(["terraform", "spotinst provider"], "the steps of the workflow", () => {
  let api: SpotApi;
  beforeAll(async () => {
    api = await SpotApi.start({ fleet: new PaperFleet() });
    // There is no S3 here. Terraform merges override files last.
    writeFileSync(
      join(stack, "backend_override.tf.json"),
      JSON.stringify({ terraform: { backend: { local: { path: join(folder, "terraform.tfstate") } } } }),
    );
  });
  afterAll(() => api.close());

  /** Runs the steps of an event as GitHub does: one shell each, until one fails. */
  async function steps(event: "pull_request" | "push", leftOut: readonly string[] = []) {
    const scripts = workflow()
      .steps.filter((step) => step.if === undefined || event === "push")
      .flatMap((step) => step.run ?? [])
      .filter((script) => !["npm ci", ...leftOut].includes(script));
    const env = {
      ...process.env,
      PATH: `${bin}:${process.env["PATH"]}`,
      STACK: "cdktf.out/stacks/orders",
      TF_INPUT: "0",
      CHECKPOINT_DISABLE: "1",
      ...api.environment(),
    };
    let output = "";
    for (const script of scripts) {
      const command = script.replace(" -backend-config=bucket=$STATE_BUCKET", "");
      const ended = await execute(["bash", "-e", "-c", command], { cwd: project, env, timeout: 120_000 });
      output += ended.stdout + ended.stderr;
      if (ended.code !== 0) return { code: ended.code, output };
    }
    return { code: 0, output };
  }

  test("plan a pull request, and apply nothing", async () => {
    const { code, output } = await steps("pull_request");
    expect([code, code === 0 ? "" : output]).toEqual([0, ""]);
    expect(output).toContain("replicas are changed");
    expect(api.groups.list()).toHaveLength(0);
  }, 300_000);

  test("apply a push, once", async () => {
    expect(await steps("push")).toMatchObject({ code: 0 });
    expect(api.groups.list()).toHaveLength(1);
    const { code, output } = await steps("push");
    expect(code).toBe(0);
    expect(output).toContain("no replica is changed");
    expect(api.groups.list()).toHaveLength(1);
  }, 300_000);

  test("stop where the JSON is not that of the config file", async () => {
    const path = join(project, "redis-replicas.yaml");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace("replicas: 3", "replicas: 4"));
    const { code, output } = await steps("push");
    writeFileSync(path, text);
    expect(code).not.toBe(0);
    expect(output).toContain("out of date");
    expect(output).not.toContain("Terraform has been");
  }, 300_000);

  test("stop where a group would be destroyed", async () => {
    const path = join(stack, "cdk.tf.json");
    const text = readFileSync(path, "utf8");
    const { terraform, provider } = JSON.parse(text) as Record<string, unknown>;
    writeFileSync(path, JSON.stringify({ terraform, provider }));
    const { code, output } = await steps("push", ["npm test"]);
    writeFileSync(path, text);
    expect(code).not.toBe(0);
    expect(output).toContain("1 of 1 groups destroyed");
    expect(api.groups.list()).toHaveLength(1);
  }, 300_000);
});
