import { type JsonObject } from "../../../rehearsal/spot-api/json";
import { type Place, placeIn, purchase } from "../../../rehearsal/spot-api/instance-choice";
import { groupBody } from "./fixtures";

const group = (change: JsonObject = {}) => groupBody(change).group as JsonObject;
const spots = { spotCapacity: true };

function places(count: number, of: JsonObject): string[] {
  const taken: Place[] = [];
  while (taken.length < count) taken.push(placeIn(of, taken));
  return taken.map(({ availabilityZone, subnetId }) => `${availabilityZone}:${subnetId}`);
}

test("instances are spread over the zones, independent of the order of the zones", () => {
  expect(places(3, group())).toEqual(["us-west-2a:subnet-1", "us-west-2b:subnet-2", "us-west-2a:subnet-1"]);
});

test("the subnets of a zone are used in turn", () => {
  const availabilityZones = [{ name: "us-west-2a", subnetIds: ["subnet-1", "subnet-3"] }];
  expect(places(3, group({ compute: { availabilityZones } }))).toEqual([
    "us-west-2a:subnet-1",
    "us-west-2a:subnet-3",
    "us-west-2a:subnet-1",
  ]);
});

test("the zone with the fewest instances gets the next one", () => {
  const taken = [{ availabilityZone: "us-west-2b", subnetId: "subnet-2" }];
  expect(placeIn(group(), taken).availabilityZone).toBe("us-west-2a");
});

test("subnets without zones count as separate zones", () => {
  const compute = { availabilityZones: null, subnetIds: ["subnet-1", "subnet-2"] };
  expect(places(2, group({ compute }))).toEqual(["us-west-2a:subnet-1", "us-west-2b:subnet-2"]);
});

test("a spot instance of the preferred type is launched while there is capacity", () => {
  expect(purchase(group(), 0, spots)).toEqual({ instanceType: "r6a.large", lifecycle: "SPOT" });
  const preferring = group({ compute: { instanceTypes: { preferredSpot: ["r5.large"] } } });
  expect(purchase(preferring, 0, spots).instanceType).toBe("r5.large");
});

test("without spot capacity it falls back to the on-demand type, or fails if the group forbids that", () => {
  const none = { spotCapacity: false };
  expect(purchase(group(), 0, none)).toEqual({ instanceType: "r6i.large", lifecycle: "OD" });
  expect(() => purchase(group({ strategy: { fallbackToOd: false } }), 0, none)).toThrow("no spot capacity");
});

test("a spot share of 0, which the provider sends if it is not configured, launches only on-demand instances", () => {
  expect(purchase(group({ strategy: { risk: 0 } }), 2, spots).lifecycle).toBe("OD");
});

test("a fixed number of on-demand instances is launched first", () => {
  const mixed = group({ strategy: { risk: 0, onDemandCount: 1 } });
  expect([0, 1].map((running) => purchase(mixed, running, spots).lifecycle)).toEqual(["OD", "SPOT"]);
});
