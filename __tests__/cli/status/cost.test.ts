import { costOf, pricesOf, showCost } from "../../../cli/status/cost";
import { type Replica } from "../../../cluster/fleet";

const NOW = Date.parse("2026-01-01T12:00:00Z");

const replica = (instanceType: string | undefined, isSpot: boolean, launchedAt?: string): Replica => ({
  group: { id: "sig-1", name: "n", capacity: { minimum: 0, maximum: 1, target: 1 } },
  stateful: { id: "ssi-1", state: "ACTIVE", ...(launchedAt ? { launchedAt } : {}) },
  instance:
    instanceType === undefined
      ? undefined
      : { instanceId: "i-1", instanceType, ...(isSpot ? { spotInstanceRequestId: "sir-1" } : {}) },
  ...{ node: undefined, member: undefined },
});
const prices = pricesOf({ price: ["a.large=0.2", "b.large=0.3"], spotPrice: ["a.large=0.05"] });

test("instances that run are counted with their hours, and those that do not are left out", () => {
  const { shares } = costOf(
    [
      replica("a.large", true, "2026-01-01T10:00:00Z"),
      replica("a.large", true),
      replica(undefined, false),
      replica("b.large", false, "2026-01-01T11:30:00Z"),
    ],
    prices,
    NOW,
  );
  expect(shares).toEqual([
    { lifecycle: "spot", instances: 2, hours: 2 },
    { lifecycle: "on_demand", instances: 1, hours: 0.5 },
  ]);
});

test.each([
  ["all have prices", [replica("a.large", true), replica("b.large", false)], 0.35, 0.5, []],
  [
    "a type has no spot price",
    [replica("a.large", true), replica("b.large", true)],
    0.05,
    0.2,
    ["spot b.large"],
  ],
  ["a type has no price", [replica("c.large", false)], undefined, undefined, ["on-demand c.large"]],
])("the sum is that of the instances with a price: %s", (_, replicas, usd, onDemand, unpriced) => {
  const cost = costOf(replicas, prices, NOW);
  const cents = (value: number | undefined) => value && Math.round(value * 100);
  expect([cost.usdPerHour, cost.usdPerHourOnDemand].map(cents)).toEqual([usd, onDemand].map(cents));
  expect(cost.unpriced).toEqual(unpriced);
});

test("without an on-demand price of a type, its on-demand cost is not known", () => {
  const spotOnly = pricesOf({ spotPrice: ["a.large=0.05"] });
  const cost = costOf([replica("a.large", true)], spotOnly, NOW);
  expect(cost.usdPerHourOnDemand).toBeUndefined();
  expect(showCost(cost)).toEqual([
    "Running: 1 spot (0.0 instance hours since the last launch), 0 on-demand (0.0 instance hours since the last launch)",
    "By the given prices: 0.0500 USD an hour, 36.50 USD in 730 hours",
  ]);
});
