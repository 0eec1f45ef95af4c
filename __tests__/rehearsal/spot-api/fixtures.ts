import { Background } from "../../../rehearsal/spot-api/background";
import { off, type ApiDefaults } from "../../../rehearsal/spot-api/defaults";
import { Groups } from "../../../rehearsal/spot-api/groups";
import { Ids } from "../../../rehearsal/spot-api/ids";
import { type JsonObject, merge } from "../../../rehearsal/spot-api/json";
import { Launcher } from "../../../rehearsal/spot-api/launcher";
import { PaperFleet } from "../../../rehearsal/spot-api/paper-fleet";
import { type Market } from "../../../rehearsal/spot-api/instance-choice";
import { StatefulInstances } from "../../../rehearsal/spot-api/stateful-instances";

/** The body that the provider 1.231.0 sends for a stateful group of three instances, with changes. */
export function groupBody(change: JsonObject = {}): JsonObject {
  const group: JsonObject = {
    name: "redis-replicas",
    region: "us-west-2",
    capacity: { minimum: 3, maximum: 3, target: 3, unit: "instance" },
    strategy: {
      risk: 100,
      availabilityVsCost: "availabilityOriented",
      fallbackToOd: true,
      drainingTimeout: 120,
      immediateODRecoverThreshold: null,
      revertToSpot: { performAt: "never", timeWindows: null },
      persistence: {
        shouldPersistRootDevice: true,
        shouldPersistBlockDevices: true,
        shouldPersistPrivateIp: true,
        blockDevicesMode: "reattach",
      },
    },
    compute: {
      product: "Linux/UNIX",
      instanceTypes: { ondemand: "r6i.large", spot: ["r6a.large", "r5.large"] },
      availabilityZones: [
        { name: "us-west-2b", subnetIds: ["subnet-2"] },
        { name: "us-west-2a", subnetIds: ["subnet-1"] },
      ],
      launchSpecification: {
        imageId: "ami-0123456789abcdef0",
        securityGroupIds: ["sg-1"],
        userData: Buffer.from("#!/bin/bash\necho hi\n").toString("base64"),
        tags: [{ tagKey: "Name", tagValue: "redis" }],
        blockDeviceMappings: [
          { deviceName: "/dev/xvdf", ebs: { volumeType: "gp3", volumeSize: 50, encrypted: true } },
        ],
        loadBalancersConfig: {},
        itf: null,
      },
    },
    scaling: {},
    scheduling: {},
    thirdPartiesIntegration: {},
  };
  return { group: merge(group, change) };
}

/** A clock that always returns the same time. */
export const clock = () => new Date("2025-01-01T00:00:00.000Z");

/** The parts of an API, put together without HTTP. */
export function account(fleet = new PaperFleet(), defaults: ApiDefaults = off) {
  const ids = new Ids();
  const background = new Background();
  const market: { -readonly [key in keyof Market]: Market[key] } = { spotCapacity: true };
  const launcher = new Launcher({ fleet, ids, clock });
  const instances = new StatefulInstances({
    ...{ launcher, ids, clock, background },
    market: () => market,
    refills: () => false,
  });
  const groups = new Groups({ ids, clock, defaults });
  groups.listen(instances);
  return { ids, background, fleet, market, instances, groups };
}

/** Creates a group and waits for its instances. */
export async function running(change: JsonObject = {}) {
  const parts = account();
  const { id } = parts.groups.create(groupBody(change)) as { id: string };
  await parts.background.settle(1000);
  return { ...parts, id, of: () => parts.instances.of(id), settle: () => parts.background.settle(1000) };
}
