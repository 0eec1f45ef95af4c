import { App, type TerraformStack } from "cdktf";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AvailabilityZones, RedisReplicasStack, type RedisReplicasProps } from "../../constructs";

/** The smallest valid set of properties. */
export const minimal: RedisReplicasProps & { securityGroupIds: string[] } = {
  name: "redis-replicas",
  region: "us-west-2",
  masters: ["10.0.1.10"],
  replicas: 3,
  imageId: "ami-0123456789abcdef0",
  instanceTypes: { onDemand: "r6i.large", spot: ["r6i.large", "r5.large"] },
  availabilityZones: AvailabilityZones.of({ "us-west-2a": ["subnet-0a1b"], "us-west-2b": ["subnet-0a2b"] }),
  securityGroupIds: ["sg-0123456789abcdef0"],
};

/** JSON whose type the test defines. */
export type Json = any;

/** Synthesizes like `cdktf synth`, with validations and backend, and returns the JSON of the stack. */
export function synthesize(build: (app: App) => TerraformStack): Json {
  const outdir = mkdtempSync(join(tmpdir(), "synth-"));
  try {
    const app = new App({ outdir });
    const stack = build(app);
    app.synth();
    return JSON.parse(readFileSync(join(outdir, "stacks", stack.node.id, "cdk.tf.json"), "utf8"));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The same for an app with several stacks: the JSON of each by its ID. */
export function synthesizeAll(build: (app: App) => void): Record<string, Json> {
  const outdir = mkdtempSync(join(tmpdir(), "synth-"));
  try {
    const app = new App({ outdir });
    build(app);
    app.synth();
    const read = (id: string): Json =>
      JSON.parse(readFileSync(join(outdir, "stacks", id, "cdk.tf.json"), "utf8"));
    return Object.fromEntries(readdirSync(join(outdir, "stacks")).map((id) => [id, read(id)]));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The JSON of a stack with the replicas of `minimal`, with changes. */
export function synthesizeReplicas(changed: Partial<RedisReplicasProps> = {}): Json {
  return synthesize((app) => new RedisReplicasStack(app, "redis", { replicas: { ...minimal, ...changed } }));
}

/** The one Elastigroup of a stack's JSON. */
export function elastigroup(json: Json): Json {
  const groups = Object.values<Json>(json.resource.spotinst_elastigroup_aws);
  expect(groups).toHaveLength(1);
  return groups[0];
}

/** The config of a resource with the keys of its JSON. Keys of values, such as tags, are unchanged. */
export function snakeCase(config: object): Json {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key.replace(/[A-Z0-9]+/g, (part) => (/^\d/.test(part) ? part : `_${part.toLowerCase()}`)),
      value,
    ]),
  );
}

/** The attributes of a resource, without the metadata of cdktf. */
export function plain(resource: Json): Json {
  return Object.fromEntries(Object.entries(resource as object).filter(([name]) => name !== "//"));
}
