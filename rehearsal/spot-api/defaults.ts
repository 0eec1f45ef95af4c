import { at, isObject, type Json, type JsonObject, listAt, merge } from "./json";

/** What the API adds to, and changes in, what it was sent. Everything is off unless said otherwise. */
export interface ApiDefaults {
  /** Fill the documented defaults in where the group says nothing, after every POST and every PUT. */
  readonly fill?: boolean;
  /** Answer volume types in capitals (`GP3`). */
  readonly capitalVolumeTypes?: boolean;
  /** Answer one tag that nobody sent. */
  readonly extraTag?: boolean;
  /** Answer `compute.subnetIds` beside the availability zones that were sent. */
  readonly subnetIds?: boolean;
}

/** A group is answered as it was stored. */
export const off: ApiDefaults = {};

/** The documented defaults are filled in, nothing else is odd. */
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

/** The group as the API answers it: the odd answers are never stored, so switching them off takes them back. */
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
