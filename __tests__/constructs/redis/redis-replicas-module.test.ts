import { type App, S3Backend, Testing } from "cdktf";
import { RedisReplicasModule, type RedisReplicasProps, RedisReplicasStack } from "../../../constructs";
import { minimal, synthesize, type Json } from "../support";

const moduleOf = (changed: Partial<RedisReplicasProps> = {}): Json =>
  synthesize((app) => new RedisReplicasModule(app, "redis", { replicas: { ...minimal, ...changed } }));

const stack = (): Json => synthesize((app) => new RedisReplicasStack(app, "redis", { replicas: minimal }));

test("a module has neither provider nor backend, but the version ranges, resources and outputs of a stack", () => {
  const json = moduleOf();
  expect(json).not.toHaveProperty("provider");
  expect(json.terraform).toEqual({
    required_version: stack().terraform.required_version,
    required_providers: stack().terraform.required_providers,
  });
  expect(json.output).toEqual(stack().output);
  expect(json.resource).toEqual(stack().resource);
});

test("a module with AWS resources requires the AWS provider and has no block for it", () => {
  const json = moduleOf({ secrets: { secretArns: [SECRET] } });
  expect(json).not.toHaveProperty("provider");
  expect(json.terraform.required_providers.aws.version).toBe(">= 6.0, < 7.0");
});

test("a module with AWS resources passes the validations of a test, which run before the synthesis", () => {
  const replicas = { ...minimal, secrets: { secretArns: [SECRET] } };
  const own = new RedisReplicasModule(Testing.app(), "redis", { replicas });
  expect(JSON.parse(Testing.synth(own, true))).not.toHaveProperty("provider");
});

const SECRET = "arn:aws:secretsmanager:us-west-2:123456789012:secret:redis-a1B2c3";
const shard = { name: "a", master: "10.0.1.10", replicas: 1, adopt: "sig-1a2b3c4d" };

test.each<[prop: string, changed: Partial<RedisReplicasProps>]>([
  ["adopt", { adopt: "sig-1a2b3c4d" }],
  ["shards[0].adopt", { replicas: undefined, shards: [shard] }],
])("a module with `%s` is refused, since it belongs in the root module", (prop, changed) => {
  expect(() => moduleOf(changed)).toThrow(
    `\`${prop}\` must be left out of a module: it belongs in the root module, got: "sig-1a2b3c4d"`,
  );
});

test("a backend that is added to a module is refused", () => {
  const build = (app: App): RedisReplicasModule => {
    const own = new RedisReplicasModule(app, "redis", { replicas: minimal });
    new S3Backend(own, { bucket: "states", key: "redis" });
    return own;
  };
  expect(() => synthesize(build)).toThrow("a module has no backend: add it to the root module");
});

test("replicas can be added after the variables of a module", () => {
  const build = (app: App): RedisReplicasModule => {
    const later = new RedisReplicasModule(app, "redis");
    later.addReplicas(minimal);
    return later;
  };
  expect(synthesize(build).resource).toEqual(moduleOf().resource);
});
