import { SpotinstProvider } from "@cdktf/provider-spotinst/lib/provider";
import { type App, TerraformStack } from "cdktf";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Attributes, type ResourceChange, type TerraformPlan } from "../../../cli/plan/terraform-plan";
import { decode } from "../../../cli/plan/script";
import {
  AvailabilityZones,
  HealthCheckType,
  RevertToSpot,
  StatefulElastigroup,
  type StatefulElastigroupProps,
} from "../../../constructs";
import { type JsonObject } from "../../../rehearsal/spot-api/json";
import { Workbench } from "../../constructs/provider";
import { minimal } from "../../constructs/support";
import { PROVIDER_VERSION } from "../../support/provider-version";

/** A change of the existing group, and the plan for it. */
interface Scenario {
  readonly build: (app: App) => TerraformStack;
  /** Added to the environment variables of the API. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A change in Spot before the plan. It is reverted afterwards. */
  readonly meanwhile?: (bench: Workbench) => void;
}

/** A short script in the format of this package. */
export function script(maxMemory: string, join: string): string {
  return [
    "#!/usr/bin/env bash",
    "file /etc/redis-replica/settings 0644 <<'END_OF_FILE'",
    "MASTERS='10.0.1.10'",
    `MAXMEMORY='${maxMemory}'`,
    "DIRECTIVES='hz 50",
    "proc-title-template it'\\''s me'",
    "END_OF_FILE",
    "",
    "file /usr/local/lib/redis-replica/join.sh 0644 <<'END_OF_FILE'",
    join,
    "END_OF_FILE",
    "exec /usr/local/bin/redis-replica setup",
    "",
  ].join("\n");
}

const standing: StatefulElastigroupProps = {
  name: minimal.name,
  region: minimal.region,
  imageId: minimal.imageId,
  instanceTypes: minimal.instanceTypes,
  availabilityZones: minimal.availabilityZones,
  securityGroupIds: minimal.securityGroupIds,
  capacity: 3,
  tags: { team: "data" },
};

interface Options extends Partial<StatefulElastigroupProps> {
  /** Construct id, and so the address. */
  readonly id?: string;
  readonly text?: string;
  /** The compression's. */
  readonly level?: number;
  readonly change?: (group: StatefulElastigroup, stack: TerraformStack) => void;
}

/** The existing stack, with changes. */
function group({ id = "group", text = script("0", "join"), level = 9, change, ...changed }: Options = {}) {
  return (app: App): TerraformStack => {
    const stack = empty(app);
    const made = new StatefulElastigroup(stack, id, { ...standing, ...changed });
    made.elastigroup.userData = gzipSync(text, { level }).toString("base64");
    change?.(made, stack);
    return stack;
  };
}

function empty(app: App): TerraformStack {
  const stack = new TerraformStack(app, "redis");
  stack.addOverride("terraform.backend.local.path", "terraform.tfstate");
  // Of several versions in a mirror, Terraform would take the newest.
  stack.addOverride("terraform.required_providers.spotinst.version", PROVIDER_VERSION);
  new SpotinstProvider(stack, "spotinst");
  return stack;
}

export const ADDRESS = "spotinst_elastigroup_aws.group_C397F008";
export const OTHER_ADDRESS = "spotinst_elastigroup_aws.replicas_EB19C888";

/** A change of the group in Spot, outside Terraform. */
function changed(group: JsonObject): (bench: Workbench) => void {
  return (bench) => void bench.api.groups.update(theGroup(bench), { group });
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  nothing: { build: group() },
  renamed: { build: group({ name: "renamed", description: "of orders" }) },
  tagged: { build: group({ tags: { team: "orders" } }) },
  "user-data": { build: group({ text: script("12gb", "join\nagain") }) },
  recompressed: { build: group({ level: 1 }) },
  machines: {
    build: group({
      imageId: "ami-1",
      instanceTypes: { onDemand: "r7i.large", spot: ["r7i.large", "r5.large"] },
      securityGroupIds: ["sg-0123456789abcdef0", "sg-1"],
    }),
  },
  image: { build: group({ imageId: "ami-1" }) },
  zones: { build: group({ availabilityZones: AvailabilityZones.of({ "us-west-2a": ["subnet-0a1b"] }) }) },
  fewer: { build: group({ capacity: 1 }) },
  more: { build: group({ capacity: 5 }) },
  "fresh-roots": { build: group({ persistence: { rootVolume: false, privateIp: true } }) },
  refused: {
    build: group({
      change: ({ elastigroup }) => {
        elastigroup.product = "SUSE Linux";
        elastigroup.lifecycle = {};
      },
    }),
  },
  unknown: {
    build: group({
      change: ({ elastigroup }, stack) => {
        stack.addOverride("resource.terraform_data.next.input", "2");
        elastigroup.userData = "${base64encode(terraform_data.next.id)}";
        elastigroup.desiredCapacity = "${length(terraform_data.next.id)}" as unknown as number;
      },
    }),
  },
  replaced: { build: group(), environment: { TF_CLI_ARGS_plan: `-replace=${ADDRESS}` } },
  destroyed: { build: empty },
  "address-changed": { build: group({ id: "replicas" }) },
  moved: { build: group({ id: "replicas", change: ({ elastigroup }) => elastigroup.moveFromId(ADDRESS) }) },
  returning: { build: group({ strategy: { revertToSpot: RevertToSpot.ALWAYS } }) },
  stricter: {
    build: group({
      healthCheck: { checkType: HealthCheckType.TARGET_GROUP, gracePeriod: 1 },
      targetGroupArns: ["arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/redis/0a1b"],
    }),
  },
  reserved: {
    build: group({ strategy: { utilizeReservedInstances: true, considerOnDemandPricing: true } }),
  },
  "kept-roots": {
    build: group(),
    meanwhile: changed({ strategy: { persistence: { shouldPersistRootDevice: false } } }),
  },
  foreign: {
    build: group(),
    meanwhile: changed({
      compute: { launchSpecification: { userData: base64("#!/bin/sh\nredis-server\n") } },
    }),
  },
  gone: { build: group(), meanwhile: (bench) => bench.api.groups.delete(theGroup(bench)) },
  drifted: {
    build: group(),
    meanwhile: changed({ capacity: { target: 2, minimum: 2, maximum: 2 } }),
  },
};

export const NAMES: readonly string[] = ["created", ...Object.keys(SCENARIOS), "adopted"];

/** All plans of the real provider for one existing group. */
export async function makePlans(): Promise<Record<string, TerraformPlan>> {
  const bench = await Workbench.open();
  try {
    const plans: Record<string, TerraformPlan> = {};
    bench.write(group());
    await bench.terraform.init();
    plans["created"] = await planned(bench, { build: group() });
    await bench.apply(group());
    const stood = bench.api.groups.list()[0]!;
    for (const [name, scenario] of Object.entries(SCENARIOS)) {
      plans[name] = await planned(bench, scenario);
      bench.api.groups.restore(stood);
    }
    // A group that is not in the state.
    const id = theGroup(bench);
    bench.forget();
    plans["adopted"] = await planned(bench, {
      build: group({ change: ({ elastigroup }) => elastigroup.importFrom(id) }),
    });
    return plans;
  } finally {
    await bench.close();
  }
}

/** The ID of the only group in Spot. */
function theGroup({ api }: Workbench): string {
  return api.groups.list()[0]!["id"] as string;
}

async function planned(
  bench: Workbench,
  { build, environment, meanwhile }: Scenario,
): Promise<TerraformPlan> {
  meanwhile?.(bench);
  bench.write(build);
  const terraform = environment ? bench.terraformWith(environment) : bench.terraform;
  await terraform.plan();
  return trimmed((await terraform.show("plan")) as unknown as TerraformPlan);
}

/** The parts of a plan that are read, without empty values. Plans repeat all values several times. */
function trimmed({
  format_version,
  complete,
  errored,
  resource_changes,
  resource_drift,
}: TerraformPlan): TerraformPlan {
  return {
    format_version,
    ...(complete === undefined ? {} : { complete }),
    ...(errored === undefined ? {} : { errored }),
    resource_changes: (resource_changes ?? []).map(withoutNothing),
    ...(resource_drift ? { resource_drift: resource_drift.map(withoutNothing) } : {}),
  };
}

function withoutNothing({
  address,
  previous_address,
  mode,
  type,
  action_reason,
  change,
}: ResourceChange): ResourceChange {
  const { actions, before, after, after_unknown, importing } = change;
  return JSON.parse(
    JSON.stringify({
      address,
      previous_address,
      mode,
      type,
      action_reason,
      change: { actions, before: given(type, before), after: given(type, after), after_unknown, importing },
    }),
  ) as ResourceChange;
}

/** The plan without random values of Terraform. */
function given(type: string, attributes: Attributes | null): Attributes | null {
  if (attributes === null) return null;
  const entries = Object.entries(attributes).filter(
    ([name, value]) =>
      value !== null &&
      !(Array.isArray(value) && value.length === 0) &&
      !(type === "terraform_data" && name === "id"),
  );
  return Object.fromEntries(entries);
}

/** The plan with scripts as text, since the output of compressors depends on their version. */
export function readable(plan: TerraformPlan): unknown {
  return JSON.parse(JSON.stringify(plan), (key, value: unknown) =>
    key === "user_data" && typeof value === "string" ? decode(value) : value,
  );
}

/** The path of the recorded plans, for machines without the provider. */
export function recordedFile(name: string): string {
  return join(__dirname, "..", "recorded", `${name}.plan.json`);
}
