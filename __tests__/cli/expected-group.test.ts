import { expectedGroup } from "../../cli/expected-group";
import { type SpotGroup } from "../../cluster/spot/group";
import { compareGroup } from "../../cluster/spot/group-difference";
import { exampleConfig } from "../config/example";

const CONFIG = exampleConfig();
const { availabilityZones, instanceTypes, imageId, replicas } = CONFIG;
const zones = Object.entries(availabilityZones as Record<string, string[]>);

/** The group of the example config. */
const GROUP: SpotGroup = {
  ...{ id: "sig-1", name: CONFIG.name, region: CONFIG.region },
  capacity: { minimum: 0, maximum: 9, target: replicas as number },
  strategy: {
    persistence: {
      shouldPersistRootDevice: true,
      shouldPersistBlockDevices: CONFIG.dataVolume !== undefined,
      shouldPersistPrivateIp: true,
    },
  },
  compute: {
    availabilityZones: zones.map(([name, subnetIds]) => ({ name, subnetIds })),
    instanceTypes: { ondemand: instanceTypes.onDemand as string, spot: instanceTypes.spot as string[] },
    launchSpecification: { imageId: imageId as string },
  },
};
const properties = (group: SpotGroup, config = CONFIG): string[] =>
  compareGroup(expectedGroup(config, group.name), group).differences.map(({ property }) => property);

test("the group of a config has no difference, and the order of its lists does not count", () => {
  expect(properties(GROUP)).toEqual([]);
  const compute = {
    ...GROUP.compute,
    availabilityZones: [...GROUP.compute!.availabilityZones!].reverse(),
    instanceTypes: {
      ...GROUP.compute!.instanceTypes,
      spot: [...GROUP.compute!.instanceTypes!.spot!].reverse(),
    },
  };
  expect(properties({ ...GROUP, compute })).toEqual([]);
});

test.each<[string, Partial<SpotGroup>, string]>([
  ["the capacity", { capacity: { minimum: 0, maximum: 9, target: 1 } }, "replicas"],
  ["the region", { region: "eu-west-1" }, "region"],
  ["the image", { compute: { ...GROUP.compute, launchSpecification: {} } }, "imageId"],
  [
    "the spot types",
    { compute: { ...GROUP.compute, instanceTypes: { ondemand: instanceTypes.onDemand as string } } },
    "instanceTypes.spot",
  ],
  ["the zones", { compute: { ...GROUP.compute, availabilityZones: [] } }, "availabilityZones"],
])("%s of another value is one difference", (_, change, property) => {
  expect(properties({ ...GROUP, ...change })).toEqual([property]);
});

test("a group without persistence keeps nothing", () => {
  expect(properties({ ...GROUP, strategy: {} }).filter((name) => !name.includes("dataVolume"))).toEqual([
    "persistence.rootVolume",
    "persistence.privateIp",
  ]);
});

test("an attribute that is overridden or ignored is not compared", () => {
  const group = { ...GROUP, capacity: { minimum: 0, maximum: 9, target: 1 } };
  expect(properties(group, exampleConfig({ ignoreChanges: ["desired_capacity"] }))).toEqual([]);
});
