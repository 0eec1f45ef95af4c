import { rehearsedConfig } from "../../../rehearsal/booted/rehearsed-config";

const given = {
  name: "orders",
  region: "us-west-2",
  masters: ["redis-a.internal", { host: "redis-b.internal", zone: "us-west-2b" }],
  replicas: 2,
  imageId: "ami-1a2b3c4d",
  instanceTypes: { onDemand: "r6i.large", spot: ["r6i.large"] },
  availabilityZones: { "us-west-2b": ["subnet-0a2b"] },
  securityGroupIds: ["sg-0a1b2c3d"],
};

/** The keys that are reported as replaced. */
const replaced = (config: object): string[] =>
  rehearsedConfig({ ...given, ...config }).replaced.map((line) => line.replace(/:.*/, ""));

test("masters are servers of the run, with the zones of the config", () => {
  const { config, masters } = rehearsedConfig(given);
  expect(masters).toEqual(["10.0.1.10", "10.0.1.11", "10.0.1.12"]);
  expect(config["masters"]).toEqual(["10.0.1.10", { host: "10.0.1.11", zone: "us-west-2b" }]);
});

test("replicas, zones, types and settings of Redis are those of the config", () => {
  const redis = { port: 7000, nodeTimeout: 3000, backlogSize: "64mb", directives: { hz: "50" } };
  const { config, port, nodeTimeout, replicas } = rehearsedConfig({ ...given, redis });
  const { instanceTypes, availabilityZones } = given;
  expect(config).toMatchObject({ name: "orders", replicas: 2, instanceTypes, availabilityZones });
  expect(config["redis"]).toEqual({ ...redis, install: "package" });
  expect({ port, nodeTimeout, replicas }).toEqual({ port: 7000, nodeTimeout: 3000, replicas: 2 });
});

test.each([
  ["a release that is built", { redis: { version: "8.0.2" } }, "redis.install"],
  ["modules", { redis: { install: "package", modules: ["/m.so"] } }, "redis.install"],
  ["passwords", { auth: { password: { parameter: "/redis" } } }, "auth"],
  ["a remote state", { backend: { s3: { bucket: "states" } } }, "backend"],
  ["a protected group", { protect: true }, "protect"],
  ["more replicas than a machine runs", { replicas: 24 }, "replicas"],
  ["addresses", { privateIps: ["10.9.9.9"] }, "privateIps"],
])("what cannot be had is replaced, and named: %s", (_, config, key) => {
  expect(replaced(config)).toContain(key);
});

test("what is as the rehearsal needs it is not named", () => {
  expect(replaced({ redis: { install: "package" } })).toEqual(["masters", "imageId", "bootScript.agent"]);
});

test("each shard has a master of its own, and one replica if there are too many", () => {
  const shard = { master: "redis-a.internal", replicas: 2, privateIps: ["10.9.9.9"] };
  const shards = ["a", "b", "c", "d"].map((name) => ({ name, ...shard }));
  const { config, masters, replicas } = rehearsedConfig({ ...given, replicas: undefined, shards });
  expect(masters).toHaveLength(4);
  expect(replicas).toBe(4);
  expect(config["shards"]).toEqual(
    ["a", "b", "c", "d"].map((name, index) => ({ name, master: masters[index], replicas: 1 })),
  );
});

test("variables that remain are listed once, and those that are replaced are not", () => {
  const variable = { variable: "type" };
  const instanceTypes = { onDemand: variable, spot: [variable] };
  const config = {
    ...given,
    imageId: { variable: "image" },
    masters: { variable: "masters" },
    instanceTypes,
  };
  expect(rehearsedConfig(config).variables).toEqual(["type"]);
});

test.each([
  [{}, true],
  [{ persistence: { rootVolume: false } }, false],
  [{ persistence: { rootVolume: false }, dataVolume: { size: 32 } }, true],
  [{ persistence: { dataVolume: false }, dataVolume: { size: 32 } }, false],
])("with %j, a replacement keeps its data: %s", (config, keeps) => {
  expect(rehearsedConfig({ ...given, ...config }).keepsData).toBe(keeps);
});
