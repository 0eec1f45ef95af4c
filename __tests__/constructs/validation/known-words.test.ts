import { App, TerraformStack, TerraformVariable } from "cdktf";
import {
  Architecture,
  BootScript,
  DataVolumeMode,
  Failover,
  HealthCheckType,
  Orientation,
  RedisReplicasStack,
  type RedisReplicasProps,
  VolumeType,
} from "../../../constructs";
import { wordsOf } from "../../../constructs/validation/known-words";
import { minimal } from "../support";

type Options = Partial<RedisReplicasProps>;

/** The warnings that synthesis shows for some options. */
function warnings(of: (stack: RedisReplicasStack) => Options): unknown[] {
  const stack = new RedisReplicasStack(new App(), "redis");
  stack.addReplicas({ ...minimal, ...of(stack) });
  return stack.node
    .findAll()
    .flatMap(({ node }) => node.metadata)
    .filter(({ type }) => type === "@cdktf/warn")
    .map(({ data }) => data as unknown);
}

/** Each option whose words Spot or EC2 defines, with its known words. */
const OPTIONS: [prop: string, known: string[], of: (word: string) => Options][] = [
  [
    "architecture",
    ["x86_64", "arm64"],
    (word) => ({
      architecture: Architecture.of(word),
      instanceTypes: { onDemand: "r99.large", spot: ["r98.large"] },
    }),
  ],
  [
    "strategy.orientation",
    ["availabilityOriented", "balanced", "costOriented", "equalAzDistribution"],
    (word) => ({ strategy: { orientation: Orientation.of(word) } }),
  ],
  [
    "healthCheck.checkType",
    ["EC2", "TARGET_GROUP", "HCS"],
    (word) => ({
      healthCheck: { checkType: HealthCheckType.of(word) },
      targetGroupArns: ["arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/a/b"],
    }),
  ],
  [
    "rootVolume.volumeType",
    ["gp3", "gp2", "io1"],
    (word) => ({
      rootVolume: { size: 40, volumeType: VolumeType.of(word), iops: word === "gp2" ? undefined : 3000 },
    }),
  ],
  [
    "dataVolume.volumeType",
    ["gp3", "gp2", "io1"],
    (word) => ({
      dataVolume: { size: 60, volumeType: VolumeType.of(word), iops: word === "gp2" ? undefined : 3000 },
    }),
  ],
];

describe.each(OPTIONS)("%s", (prop, known, of) => {
  test.each(known)("%s is accepted without a warning", (word) => {
    expect(warnings(() => of(word))).toEqual([]);
  });

  test("another word is accepted with one warning that lists the known ones", () => {
    expect(warnings(() => of("new2"))).toEqual([
      `\`${prop}\` is "new2", which this version does not know. Known values: ${known.join(", ")}.`,
    ]);
  });

  test("a word that is known only to Terraform is accepted without a warning", () => {
    const variable = (stack: RedisReplicasStack): string =>
      new TerraformVariable(stack, "word", { type: "string" }).stringValue;
    expect(warnings((stack) => of(variable(stack)))).toEqual([]);
  });
});

test("the known words are the constants of a class, in their order", () => {
  expect(wordsOf(DataVolumeMode)).toEqual(["reattach", "onLaunch"]);
  expect(wordsOf(Failover)).toEqual(["allowed", "never"]);
});

test.each<[message: string, options: Options]>([
  ['`failover` must be one of allowed, never, got: "no"', { failover: Failover.of("no") }],
  [
    '`dataVolume.mode` must be one of reattach, onLaunch, got: "copy"',
    { dataVolume: { size: 60, mode: DataVolumeMode.of("copy") } },
  ],
])("a word that instances rely on is refused: %s", (message, options) => {
  expect(() => warnings(() => options)).toThrow(message);
});

test("a failover that is known only to Terraform is checked by the plan", () => {
  const { stringValue } = new TerraformVariable(new TerraformStack(new App(), "stack"), "word", {
    type: "string",
  });
  const { preconditions } = new BootScript({ masters: ["10.0.1.10"], failover: Failover.of(stringValue) });
  expect(preconditions).toEqual([
    expect.objectContaining({
      errorMessage: expect.stringContaining("`failover` must be one of allowed, never"),
    }),
  ]);
});
