import { type SpotGroup } from "./group";

/** How the values of a group are read, by the attribute of Terraform that sets them. Undefined: Spot does not show it. */
const READERS = {
  desired_capacity: ({ capacity }) => [capacity.target],
  region: ({ region }) => (region === undefined ? undefined : [region]),
  image_id: ({ compute }) => [compute?.launchSpecification?.imageId ?? "none"],
  instance_types_ondemand: onDemandTypes,
  on_demand_types: onDemandTypes,
  instance_types_spot: ({ compute }) => compute?.instanceTypes?.spot ?? [],
  // The order of subnets has no meaning.
  availability_zones: ({ compute }) =>
    (compute?.availabilityZones ?? []).flatMap(({ name, subnetIds = [] }) =>
      subnetIds.map((subnet) => `${name}/${subnet}`),
    ),
  persist_root_device: ({ strategy }) => [strategy?.persistence?.shouldPersistRootDevice ?? false],
  persist_block_devices: ({ strategy }) => [strategy?.persistence?.shouldPersistBlockDevices ?? false],
  persist_private_ip: ({ strategy }) => [strategy?.persistence?.shouldPersistPrivateIp ?? false],
} satisfies Readonly<Record<string, (group: SpotGroup) => Values | undefined>>;

/** A list of Spot sets another attribute in the place of a single type. */
function onDemandTypes({ compute }: SpotGroup): Values {
  const { ondemand = "none", onDemandTypes: types } = compute?.instanceTypes ?? {};
  return types ?? [ondemand];
}

/** Compared as text, and without an order. */
type Values = readonly (string | number | boolean)[];

/** An attribute that a config can be compared by. */
export type GroupAttribute = keyof typeof READERS;

/** What a config sets of its group. */
export interface ExpectedProperty {
  /** The key of the config. */
  readonly key: string;
  readonly attribute: GroupAttribute;
  /** Undefined if only Terraform knows it. */
  readonly values: Values | undefined;
}

/** One Elastigroup of a config. */
export interface ExpectedGroup {
  readonly name: string;
  readonly properties: readonly ExpectedProperty[];
}

/** A property that is one in the config, and another in the group that Spot has. */
export interface GroupDifference {
  /** The key of the config. */
  readonly property: string;
  readonly config: string;
  readonly group: string;
}

/** The differences, and the keys whose values only Terraform knows. */
export interface Comparison {
  readonly differences: readonly GroupDifference[];
  readonly notCompared: readonly string[];
}

/** Compares a config with a group of it. */
export function compareGroup({ properties }: ExpectedGroup, group: SpotGroup): Comparison {
  return {
    differences: properties.flatMap(({ key, attribute, values }) => {
      const found = READERS[attribute](group);
      if (values === undefined || found === undefined) return [];
      const [config, actual] = [show(values), show(found)];
      return config === actual ? [] : [{ property: key, config, group: actual }];
    }),
    notCompared: properties.filter(({ values }) => values === undefined).map(({ key }) => key),
  };
}

/** A difference for people. */
export function showDifference({ property, config, group }: GroupDifference): string {
  return `\`${property}\` is ${config} in the config, and ${group} in Spot`;
}

function show(values: Values): string {
  return values.length === 0 ? "none" : values.map(String).sort().join(", ");
}
