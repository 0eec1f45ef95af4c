import { type JsonObject, merge } from "../../../rehearsal/spot-api/json";
import { problemsOf } from "../../../rehearsal/spot-api/validation";
import { groupBody } from "./fixtures";

const fields = (change: JsonObject) =>
  problemsOf(groupBody(change).group as JsonObject).map(({ field }) => field);

test("the body that the provider sends is accepted", () => {
  expect(fields({})).toEqual([]);
});

test.each<[string, JsonObject, string]>([
  ["no name", { name: null }, "name"],
  ["no unit", { capacity: { unit: null } }, "capacity.unit"],
  ["an unknown unit", { capacity: { unit: "box" } }, "capacity.unit"],
  ["a target above the maximum", { capacity: { target: 4 } }, "capacity.target"],
  ["a minimum above the target", { capacity: { target: 2 } }, "capacity.minimum"],
  ["a negative minimum", { capacity: { minimum: -1 } }, "capacity.minimum"],
  [
    "no window to revert in",
    { strategy: { revertToSpot: { performAt: "timeWindow", timeWindows: null } } },
    "strategy.revertToSpot.timeWindows",
  ],
  [
    "a window in another format",
    { strategy: { revertToSpot: { performAt: "timeWindow", timeWindows: ["Sunday 03:00"] } } },
    "strategy.revertToSpot.timeWindows[0]",
  ],
  ["no on-demand type", { compute: { instanceTypes: { ondemand: null } } }, "compute.instanceTypes.ondemand"],
  [
    "two kinds of on-demand types",
    { compute: { instanceTypes: { onDemandTypes: ["m5.large"] } } },
    "compute.instanceTypes.ondemand",
  ],
  ["no spot type", { compute: { instanceTypes: { spot: [] } } }, "compute.instanceTypes.spot"],
  [
    "a preferred spot type that is not offered",
    { compute: { instanceTypes: { preferredSpot: ["m5.large"] } } },
    "compute.instanceTypes.preferredSpot",
  ],
  [
    "a preferred zone that is not used",
    { compute: { preferredAvailabilityZones: ["us-west-2c"] } },
    "compute.preferredAvailabilityZones",
  ],
  ["subnets and zones", { compute: { subnetIds: ["subnet-1"] } }, "compute.availabilityZones"],
  ["neither subnets nor zones", { compute: { availabilityZones: [] } }, "compute.availabilityZones"],
  [
    "an address pool without a persisted address",
    { compute: { privateIps: ["10.0.0.1"] }, strategy: { persistence: { shouldPersistPrivateIp: false } } },
    "compute.privateIps",
  ],
  [
    "an unknown block devices mode",
    { strategy: { persistence: { blockDevicesMode: "copy" } } },
    "strategy.persistence.blockDevicesMode",
  ],
  [
    "no revert without persistence and availability orientation",
    { strategy: { persistence: null, availabilityVsCost: "balanced" } },
    "strategy.revertToSpot.performAt",
  ],
  [
    "user data that is not base64",
    { compute: { launchSpecification: { userData: "#!/bin/bash" } } },
    "compute.launchSpecification.userData",
  ],
  [
    "no image",
    { compute: { launchSpecification: { imageId: null } } },
    "compute.launchSpecification.imageId",
  ],
  [
    "two images of a stateful group",
    { compute: { launchSpecification: { imageId: null, images: [{ id: "ami-1" }, { id: "ami-2" }] } } },
    "compute.launchSpecification.images",
  ],
  [
    "no security group",
    { compute: { launchSpecification: { securityGroupIds: [] } } },
    "compute.launchSpecification.securityGroupIds",
  ],
  [
    "a throughput beyond the volume type's",
    {
      compute: {
        launchSpecification: {
          blockDeviceMappings: [{ deviceName: "/dev/xvdf", ebs: { throughput: 1001 } }],
        },
      },
    },
    "compute.launchSpecification.blockDeviceMappings[0].ebs.throughput",
  ],
])("%s is refused with its field", (_, change, field) => {
  expect(fields(change)).toEqual([`body:group.${field}`]);
});

test("a minimum above the maximum has the message of the real API", () => {
  const group = merge(groupBody().group as JsonObject, { capacity: { maximum: 0, target: 0 } });
  expect(problemsOf(group)[0]).toEqual({
    code: "ValidationError",
    message: '"minimum" must be less than or equal to 0',
    field: "body:group.capacity.minimum",
  });
});
