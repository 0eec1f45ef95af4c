import { answer, fill, filled, off } from "../../../rehearsal/spot-api/defaults";
import { at, type JsonObject, listAt } from "../../../rehearsal/spot-api/json";
import { groupBody } from "./fixtures";

const group = groupBody().group as JsonObject;

test("without defaults, a group is stored and returned as it was sent", () => {
  expect(answer(fill(group, off), off)).toEqual(group);
});

test("the documented defaults are added only for missing attributes", () => {
  const stored = fill(group, filled);
  expect(at(stored, "strategy.lifetimePeriod")).toBe("days");
  expect(at(stored, "strategy.utilizeReservedInstances")).toBe(true);
  expect(at(stored, "compute.launchSpecification.tenancy")).toBe("default");
  expect(at(stored, "compute.launchSpecification.healthCheckGracePeriod")).toBe(300);
  expect(at(stored, "strategy.revertToSpot.performAt")).toBe("never");
});

test("volume types can be returned in capital letters", () => {
  const [mapping] = listAt(
    answer(group, { capitalVolumeTypes: true }),
    "compute.launchSpecification.blockDeviceMappings",
  );
  expect(at(mapping, "ebs.volumeType")).toBe("GP3");
});

test("a group without volumes has no empty list of volumes, which would crash the provider", () => {
  const bare = { compute: { launchSpecification: {} } };
  expect(answer(bare, { capitalVolumeTypes: true })).toEqual(bare);
});

test("an additional tag can be returned", () => {
  expect(listAt(answer(group, { extraTag: true }), "compute.launchSpecification.tags")).toHaveLength(2);
});

test("the subnets of the zones can also be returned separately", () => {
  expect(at(answer(group, { subnetIds: true }), "compute.subnetIds")).toEqual(["subnet-2", "subnet-1"]);
});
