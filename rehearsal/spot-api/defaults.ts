import { at, isObject, type Json, type JsonObject, listAt, merge } from "./json";

/** The differences between the groups that the API receives and returns. All are off by default. */
export interface ApiDefaults {
  /** Add the documented defaults of missing attributes, after every POST and every PUT. */
  readonly fill?: boolean;
  /** Return volume types in capital letters (`GP3`). */
  readonly capitalVolumeTypes?: boolean;
  /** Return one additional tag. */
  readonly extraTag?: boolean;
  /** Return `compute.subnetIds` in addition to the availability zones. */
  readonly subnetIds?: boolean;
}

/** Groups are returned as they are stored. */
export const off: ApiDefaults = {};

/** Only the documented defaults are added. */
export const filled: ApiDefaults = { fill: true };

const documented: JsonObject = {
  strategy: {
    revertToSpot: { performAt: "always" },
    lifetimePeriod: "days",
    utilizeReservedInstances: true,
  },
  compute: { launchSpecification: { healthCheckGracePeriod: 300, tenancy: "default" } },
};

/** The group as the API stores it. */
export function fill(group: JsonObject, defaults: ApiDefaults): JsonObject {
  return defaults.fill === true ? merge(documented, group) : group;
}

/** The group as the API returns it. The other differences are not stored, so they can be switched off again. */
export function answer(group: JsonObject, defaults: ApiDefaults): JsonObject {
  let answered = structuredClone(group);
  const specification = at(group, "compute.launchSpecification");
  if (defaults.capitalVolumeTypes === true && isObject(at(group, "compute.launchSpecification"))) {
    const mappings = listAt(specification, "blockDeviceMappings").map(capitalized);
    if (mappings.length > 0) answered = specified(answered, { blockDeviceMappings: mappings });
  }
  if (defaults.extraTag === true) {
    const tags = [...listAt(specification, "tags"), { tagKey: "spotinst:added", tagValue: "by the API" }];
    answered = specified(answered, { tags });
  }
  if (defaults.subnetIds === true) {
    const subnetIds = listAt(group, "compute.availabilityZones").flatMap((zone) => listAt(zone, "subnetIds"));
    if (subnetIds.length > 0) answered = merge(answered, { compute: { subnetIds } });
  }
  return answered;
}

function specified(group: JsonObject, launchSpecification: JsonObject): JsonObject {
  return merge(group, { compute: { launchSpecification } });
}

function capitalized(mapping: Json): Json {
  const volumeType = at(mapping, "ebs.volumeType");
  if (!isObject(mapping) || typeof volumeType !== "string") return mapping;
  return merge(mapping, { ebs: { volumeType: volumeType.toUpperCase() } });
}
