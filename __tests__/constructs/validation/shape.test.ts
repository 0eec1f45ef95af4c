import { App, Fn, TerraformStack, TerraformVariable } from "cdktf";
import {
  Architecture,
  AvailabilityZones,
  BootScript,
  ClientAuth,
  DataVolumeMode,
  Failover,
  HealthCheckType,
  Orientation,
  Peer,
  RedisEngine,
  RedisInstall,
  RedisReplicasStack,
  type RedisReplicasProps,
  RevertToSpot,
  SecretSource,
  StatefulElastigroup,
  VolumeType,
} from "../../../constructs";
import { ELASTIGROUP_SHAPES } from "../../../constructs/elastigroup/group-shapes";
import { REPLICAS_SHAPES } from "../../../constructs/redis/replicas-shapes";
import { showPath } from "../../../constructs/validation/path";
import { validateShapes } from "../../../constructs/validation/shape";
import { ValidationError } from "../../../constructs/validation/validation-error";
import { everything, others } from "../options";
import { minimal } from "../support";

const requirements = others.instanceTypes.resourceRequirements;

/** The message of an error that this package throws. */
function refusal(build: () => unknown): string {
  try {
    build();
  } catch (error) {
    if (error instanceof ValidationError) return error.message;
    throw error;
  }
  return "nothing";
}

const stack = (changed: object) => (): unknown =>
  new RedisReplicasStack(new App(), "redis", { replicas: { ...minimal, ...changed } });

const REFUSED: [changed: object, message: string][] = [
  [
    { strategy: { orientation: "balanced" } },
    '`strategy.orientation` must be one of Orientation.AVAILABILITY, Orientation.BALANCED, Orientation.COST, Orientation.EQUAL_ZONES, got: "balanced"',
  ],
  [
    { strategy: { revertToSpot: "always" } },
    '`strategy.revertToSpot` must be one of RevertToSpot.ALWAYS, RevertToSpot.NEVER, RevertToSpot.within(...), got: "always"',
  ],
  [{ strategy: "balanced" }, '`strategy` must be an object, got: "balanced"'],
  [
    { architecture: "arm64" },
    '`architecture` must be one of Architecture.X86_64, Architecture.ARM64, got: "arm64"',
  ],
  [
    { instanceTypes: { onDemand: "r6i.large", spot: "r6i.large" } },
    '`instanceTypes.spot` must be a list, got: "r6i.large"',
  ],
  [{ instanceTypes: ["r6i.large"] }, '`instanceTypes` must be an object, got: ["r6i.large"]'],
  [{ instanceTypes: undefined }, "`instanceTypes` must be given, got: nothing"],
  [{ securityGroupIds: "sg-1" }, '`securityGroupIds` must be a list, got: "sg-1"'],
  [
    { securityGroupIds: new TerraformStack(new App(), "a") },
    '`securityGroupIds` must be a list, got: "an object of TerraformStack"',
  ],
  [{ masters: "10.0.1.10" }, '`masters` must be a list, got: "10.0.1.10"'],
  [{ shards: "a" }, '`shards` must be a list, got: "a"'],
  [{ shards: ["a"] }, '`shards[0]` must be an object, got: "a"'],
  [
    { availabilityZones: { "us-west-2a": ["subnet-1"] } },
    '`availabilityZones` must be AvailabilityZones.of(...), got: {"us-west-2a":["subnet-1"]}',
  ],
  [
    { network: { vpcId: "vpc-0a", masters: "sg-1" } },
    '`network.masters` must be one of Peer.securityGroup(...), Peer.prefixList(...), Peer.cidr(...), got: "sg-1"',
  ],
  [{ secrets: { secretArns: "arn" } }, '`secrets.secretArns` must be a list, got: "arn"'],
  [
    { redis: { install: "package" } },
    '`redis.install` must be one of RedisInstall.fromSource(...), RedisInstall.fromPackage(...), RedisInstall.fromImage(...), got: "package"',
  ],
  [{ failover: "never" }, '`failover` must be one of Failover.ALLOWED, Failover.NEVER, got: "never"'],
  [
    { rootVolume: { size: 32, volumeType: "gp3" } },
    '`rootVolume.volumeType` must be one of VolumeType.GP3, VolumeType.GP2, VolumeType.IO1, got: "gp3"',
  ],
  [{ tags: new Map([["team", "orders"]]) }, '`tags` must be an object, got: "an object of Map"'],
  [{ replicas: NaN }, "`replicas` must be a whole number from 1 to 1000, got: NaN"],
  [{ dataVolume: null }, "`dataVolume` must be an object, got: null"],
  [{ route53: [{ hostedZoneId: "Z1" }] }, "`route53[0].records` must be given, got: nothing"],
];

test.each(REFUSED.map(([changed, message]) => ({ changed, message })))(
  "a value of another shape is refused in one line: $message",
  ({ changed, message }) => {
    expect(refusal(stack(changed))).toBe(message);
  },
);

test("each construct refuses other shapes", () => {
  const scope = new TerraformStack(new App(), "stack");
  const props = { ...minimal, capacity: 3, targetGroupArns: "arn" as unknown as string[] };
  expect(refusal(() => new StatefulElastigroup(scope, "group", props))).toBe(
    '`targetGroupArns` must be a list, got: "arn"',
  );
  expect(refusal(() => new BootScript({ masters: "a" as unknown as string[] }))).toBe(
    '`masters` must be a list, got: "a"',
  );
});

test("zones of another shape are refused", () => {
  const zones = (subnets: unknown) => (): unknown =>
    AvailabilityZones.of(subnets as { [zone: string]: string[] });
  expect(refusal(zones({ "us-west-2a": "subnet-1" }))).toBe(
    '`availabilityZones.us-west-2a` must be a list, got: "subnet-1"',
  );
  expect(refusal(zones(["us-west-2a"]))).toBe('`availabilityZones` must be an object, got: ["us-west-2a"]');
});

test("values that are known only to Terraform have every shape", () => {
  const app = new RedisReplicasStack(new App(), "redis");
  const groups = new TerraformVariable(app, "groups", { type: "list(string)" });
  const changed: Partial<RedisReplicasProps> = {
    securityGroupIds: groups.listValue,
    targetGroupArns: Fn.concat([groups.listValue, groups.listValue]),
  };
  expect(() => app.addReplicas({ ...minimal, ...changed })).not.toThrow();
});

/** A value of each type, and a function, which none is. */
const OTHERS: Record<string, unknown> = {
  text: "x",
  number: 7.5,
  boolean: true,
  list: [[]],
  map: { a: {} },
  null: null,
  function: () => "x",
};

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "list";
  if (typeof value === "object" && value !== null)
    return Object.getPrototypeOf(value) === Object.prototype ? "map" : "object";
  return typeof value === "string" ? "text" : typeof value;
}

type Step = string | number;

/** The paths of all values of properties, but of those that are passed on unchanged. */
function pathsOf(value: unknown, path: Step[] = []): Step[][] {
  if (path[0] === "overrides" && path.length > 1) return [];
  const own = path.length === 0 ? [] : [path];
  if (!["list", "map"].includes(typeOf(value))) return own;
  const steps = Array.isArray(value) ? [...value.keys()] : Object.keys(value as object);
  return [...own, ...steps.flatMap((step) => pathsOf((value as any)[step], [...path, step]))];
}

function withValue(props: unknown, [step, ...rest]: Step[], value: unknown): unknown {
  if (step === undefined) return value;
  const copy: any = Array.isArray(props) ? [...props] : { ...(props as object) };
  copy[step] = withValue(copy[step], rest, value);
  return copy;
}

const SHAPES = { ...REPLICAS_SHAPES, ...ELASTIGROUP_SHAPES };

/** The types of values that may have several. */
const SEVERAL: Record<string, string[]> = {
  "instanceTypes.onDemand": ["text", "list"],
  "masters.0": ["text", "map"],
  "masters.1": ["text", "map"],
};

/** Every property of replicas, some with values that are not valid together. */
const all: RedisReplicasProps = {
  ...everything,
  masters: ["10.0.1.10", { host: "10.0.1.11", zone: "us-west-2a" }],
  replicas: 3,
  shards: [{ name: "a", master: "10.0.1.10", replicas: 1, privateIps: ["10.0.1.21"], adopt: "sig-1a2b3c4d" }],
  network: {
    vpcId: "vpc-0a",
    masters: Peer.cidr("10.0.0.0/8"),
    clients: [],
    downloads: [],
    openMasters: true,
  },
  secrets: { secretArns: ["a"], parameterArns: ["b"], kmsKeyArns: ["c"] },
  instanceTypes: { ...everything.instanceTypes, resourceRequirements: requirements },
  redis: {
    engine: RedisEngine.VALKEY,
    install: RedisInstall.fromImage(),
    port: 7000,
    busPort: 7001,
    maxMemory: "1gb",
    backlogSize: "1gb",
    nodeTimeout: 5000,
    announceHostname: "a.internal",
    modules: ["/a.so"],
    directives: { hz: "10" },
  },
  auth: {
    username: "replica",
    password: SecretSource.file("/a"),
    aclFile: SecretSource.file("/b"),
    refreshMinutes: 5,
  },
  tls: {
    ca: SecretSource.file("/a"),
    certificate: SecretSource.file("/b"),
    key: SecretSource.file("/c"),
    clientAuth: ClientAuth.NONE,
  },
  failover: Failover.NEVER,
  bootScript: { before: "a", after: "b", agent: { url: "https://a", sha256: "b" } },
  install: { proxy: "http://a", mirror: "https://b" },
  adopt: "sig-1a2b3c4d",
};

test.each(pathsOf(all).map((path) => [path.join("."), path] as const))(
  "%s of any other type is one error that names it",
  (_, path) => {
    const own = typeOf(path.reduce<any>((value, step) => value[step], all));
    const accepted = SEVERAL[path.join(".")] ?? [own];
    for (const [type, value] of Object.entries(OTHERS).filter(([type]) => !accepted.includes(type))) {
      const build = (): unknown => validateShapes(withValue(all, path, value) as any, SHAPES);
      expect([type, refusal(build)]).toEqual([
        type,
        expect.stringContaining(`\`${showPath(path)}\` must be `),
      ]);
    }
  },
);

test.each<[what: string, build: (value: any) => unknown]>([
  ["the properties of a stack", (value) => new RedisReplicasStack(new App(), "a", value)],
  ["the properties of replicas", (value) => new RedisReplicasStack(new App(), "a").addReplicas(value)],
  ["the properties of a boot script", (value) => new BootScript(value)],
  ["zones", (value) => AvailabilityZones.of(value)],
  ["an architecture", (value) => Architecture.of(value)],
  ["an orientation", (value) => Orientation.of(value)],
  ["a type of volume", (value) => VolumeType.of(value)],
  ["a type of health check", (value) => HealthCheckType.of(value)],
  ["a mode of the data volume", (value) => DataVolumeMode.of(value)],
  ["a failover", (value) => Failover.of(value)],
  ["a window", (value) => RevertToSpot.within(value)],
  ["a security group", (value) => Peer.securityGroup(value)],
  ["a CIDR block", (value) => Peer.cidr(value)],
  ["a secret", (value) => SecretSource.secretsManager(value)],
  ["a parameter", (value) => SecretSource.parameter(value)],
  ["a file", (value) => SecretSource.file(value)],
  ["a release", (value) => RedisInstall.fromSource({ version: value })],
  ["a URL", (value) => RedisInstall.fromSource({ url: value })],
  ["a package", (value) => RedisInstall.fromPackage(value)],
])("%s of any other type is one error", (_, build) => {
  for (const value of [7.5, true, [], () => "x", null]) {
    expect(refusal(() => build(value))).toMatch(/^`[\w.[\]]+` must /);
  }
});
