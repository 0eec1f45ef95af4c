import { App, TerraformVariable } from "cdktf";
import { Failover, Orientation, RedisReplicasStack } from "../../../constructs";
import { minimal } from "../support";

/** The warnings that synthesis shows for an orientation and a failover. */
function warnings(of: (stack: RedisReplicasStack) => { orientation: string; failover: string }): unknown[] {
  const stack = new RedisReplicasStack(new App(), "redis");
  const { orientation, failover } = of(stack);
  stack.addReplicas({
    ...minimal,
    strategy: { orientation: Orientation.of(orientation) },
    failover: Failover.of(failover),
  });
  return stack.node
    .findAll()
    .flatMap(({ node }) => node.metadata)
    .filter(({ type }) => type === "@cdktf/warn")
    .map(({ data }) => data as unknown);
}

test.each([Orientation.AVAILABILITY, Orientation.BALANCED, Orientation.COST, Orientation.EQUAL_ZONES])(
  "a known word is taken without a warning: $value",
  ({ value }) => {
    expect(warnings(() => ({ orientation: value, failover: "never" }))).toEqual([]);
  },
);

test("another word is taken with a warning that names the known ones", () => {
  expect(warnings(() => ({ orientation: "balancd", failover: "no" }))).toEqual([
    '`failover` is "no", which this version does not know. Known values: allowed, never.',
    '`strategy.orientation` is "balancd", which this version does not know. Known values: availabilityOriented, balanced, costOriented, equalAzDistribution.',
  ]);
});

test("a word that only Terraform knows is taken without a warning", () => {
  const text = (stack: RedisReplicasStack): string =>
    new TerraformVariable(stack, "word", { type: "string" }).stringValue;
  expect(
    warnings((stack) => {
      const word = text(stack);
      return { orientation: word, failover: word };
    }),
  ).toEqual([]);
});
