import { App, Fn, TerraformStack, TerraformVariable } from "cdktf";
import {
  AvailabilityZones,
  BootScript,
  RedisReplicasStack,
  type RedisReplicasProps,
  StatefulElastigroup,
} from "../../../constructs";
import { ValidationError } from "../../../constructs/validation/validation-error";
import { minimal } from "../support";

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
