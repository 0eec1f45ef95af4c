import { App } from "cdktf";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { groupPlans, type GroupPlan } from "../../cli/plan/group";
import { type TerraformPlan } from "../../cli/plan/terraform-plan";
import { loadConfigs } from "../../config/load";
import { addStacks } from "../../config/stack";
import { type ApiDefaults, fill } from "../../rehearsal/spot-api/defaults";
import { type JsonObject } from "../../rehearsal/spot-api/json";
import { PaperFleet } from "../../rehearsal/spot-api/paper-fleet";
import { SpotApi } from "../../rehearsal/spot-api/spot-api";
import { Terraform, type TerraformVariables } from "../../rehearsal/terraform";

/** The recorded files of a version for one config, in one folder. */
const FILES = {
  config: "config.yaml",
  variables: "variables.json",
  stack: "cdk.tf.json",
  // Not terraform.tfstate, which git ignores.
  state: "state.json",
  groups: "groups.json",
};

/** The path of the state without a backend. */
const STATE = "terraform.tfstate";

/** The folders of the versions are next to this file, and each has one folder for each config. */
export const VERSIONS = __dirname;

/** The states contain the provider registry, which is the same for all users. It is not recorded. */
const HOME = ["registry", "terraform", "io"].join(".");
const PLACEHOLDER = "{registry}";

/** Every recorded config of every version, as `0.1.0/minimal`. */
export function recordings(): string[] {
  return folders(VERSIONS).flatMap((version) =>
    folders(join(VERSIONS, version)).map((name) => join(version, name)),
  );
}

function folders(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** The Terraform JSON that a recorded version wrote. */
export function recordedStack(recording: string): unknown {
  return JSON.parse(readFileSync(join(VERSIONS, recording, FILES.stack), "utf8"));
}

/** The Terraform JSON that this version writes for a recorded config. */
export function stackNow(recording: string): unknown {
  return withStage(
    recording,
    (stage) => JSON.parse(readFileSync(join(stage, FILES.stack), "utf8")) as unknown,
  );
}

/** Whether a recorded config was also applied. Configs with AWS resources were not, since AWS is not simulated. */
export function wasApplied(recording: string): boolean {
  return existsSync(join(VERSIONS, recording, FILES.state));
}

/** The groups of a recorded version in Spot. */
export function groupsOf(recording: string): JsonObject[] {
  return JSON.parse(readFileSync(join(VERSIONS, recording, FILES.groups), "utf8")) as JsonObject[];
}

/** The plan of this version after a recorded one was applied, with an API that adds these defaults. */
export async function planNow(
  recording: string,
  defaults: ApiDefaults,
): Promise<{ plan: TerraformPlan; groups: GroupPlan[] }> {
  const recorded = join(VERSIONS, recording);
  const api = await SpotApi.start({ fleet: new PaperFleet(), defaults });
  try {
    for (const group of groupsOf(recording)) api.groups.restore(fill(group, defaults));
    return await withStage(recording, async (stage) => {
      const state = readFileSync(join(recorded, FILES.state), "utf8").replaceAll(PLACEHOLDER, HOME);
      writeFileSync(join(stage, STATE), state);
      const terraform = new Terraform(stage, api.environment());
      await terraform.init();
      await terraform.plan(variablesOf(recorded));
      const plan = (await terraform.show("plan")) as unknown as TerraformPlan;
      return { plan, groups: groupPlans(plan) };
    });
  } finally {
    await api.close();
  }
}

/** Applies a config with this version to existing groups, and records the result. */
export async function record(recording: string, standing: readonly JsonObject[] = []): Promise<void> {
  const recorded = join(VERSIONS, recording);
  const api = await SpotApi.start({ fleet: new PaperFleet() });
  try {
    for (const group of standing) api.groups.restore(group);
    await withStage(recording, async (stage) => {
      cpSync(join(stage, FILES.stack), join(recorded, FILES.stack));
      if (usesAws(recordedStack(recording))) return;
      const terraform = new Terraform(stage, api.environment());
      await terraform.init();
      await terraform.apply(variablesOf(recorded));
      await api.settle();
      const state = readFileSync(join(stage, STATE), "utf8").replaceAll(HOME, PLACEHOLDER);
      writeFileSync(join(recorded, FILES.state), state);
      writeFileSync(join(recorded, FILES.groups), `${JSON.stringify(api.groups.list(), undefined, 2)}\n`);
    });
  } finally {
    await api.close();
  }
}

function usesAws(stack: unknown): boolean {
  return Object.keys((stack as { provider: object }).provider).includes("aws");
}

/** Writes a config for `record`. */
export function layDown(recording: string, config: string, variables: TerraformVariables): void {
  const recorded = join(VERSIONS, recording);
  mkdirSync(recorded, { recursive: true });
  writeFileSync(join(recorded, FILES.config), config);
  if (Object.keys(variables).length > 0)
    writeFileSync(join(recorded, FILES.variables), `${JSON.stringify(variables, undefined, 2)}\n`);
}

function variablesOf(recorded: string): TerraformVariables {
  const file = join(recorded, FILES.variables);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as TerraformVariables) : {};
}

/** Synthesizes a recorded config into a temporary folder. */
function withStage<T>(recording: string, use: (stage: string) => T): T {
  const outdir = mkdtempSync(join(tmpdir(), "upgrade-"));
  const remove = (): void => rmSync(outdir, { recursive: true, force: true });
  let result: T;
  try {
    const app = new App({ outdir, stackTraces: false });
    const [stack] = addStacks(app, loadConfigs([join(VERSIONS, recording, FILES.config)]));
    app.synth();
    result = use(join(outdir, "stacks", stack!.node.id));
  } catch (error) {
    remove();
    throw error;
  }
  if (result instanceof Promise) return result.finally(remove) as T;
  remove();
  return result;
}
