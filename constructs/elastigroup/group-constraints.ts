import { Token } from "cdktf";
import { hcl } from "../terraform/hcl";
import { regionConstraints } from "../validation/arn";
import { type Constraint, isList, parenthesized } from "../validation/constraint";
import { METADATA_TAG } from "../validation/tags";
import { each, isKnown } from "../validation/value-rules";
import { DATA_DEVICE } from "./data-volume";
import { type StatefulElastigroupProps } from "./group-props";
import { HealthCheckType } from "./health-check";
import { instanceTypesConstraints, type PlainInstanceTypes } from "./instance-types";
import { Orientation } from "./orientation";
import { ignoreConstraints, overridesConstraints } from "./reserved-attributes";
import { ROOT_DEVICE } from "./root-volume";
import { type PlainShare, shareConstraints } from "./strategy";
import { partsOf, volumeConstraints, type VolumeParts } from "./volume";

/** The properties of a group as plain values. For a config file, some may be missing. */
export interface PlainGroup {
  readonly region?: unknown;
  readonly capacity?: unknown;
  readonly architecture?: string;
  readonly instanceTypes?: PlainInstanceTypes;
  readonly preferredZones?: unknown;
  /** The name in Spot. */
  readonly orientation?: string;
  readonly strategy?: PlainShare;
  readonly persistence?: {
    readonly rootVolume?: unknown;
    readonly privateIp?: unknown;
    readonly dataVolume?: unknown;
  };
  readonly rootVolume?: VolumeParts;
  readonly dataVolume?: VolumeParts;
  readonly privateIps?: unknown;
  readonly healthCheck?: string;
  readonly instanceMetadataTags?: unknown;
  readonly tags?: { readonly [name: string]: unknown };
  readonly targetGroupArns?: unknown;
  readonly ignoreChanges?: unknown;
  readonly overrides?: object;
}

/** The plain values of a group's properties. */
export function plainGroup(props: StatefulElastigroupProps): PlainGroup {
  const { architecture, availabilityZones, strategy, healthCheck, rootVolume, dataVolume } = props;
  return {
    ...props,
    architecture: architecture?.value,
    preferredZones: availabilityZones.preferred,
    orientation: strategy?.orientation?.value,
    healthCheck: healthCheck?.checkType?.value,
    rootVolume: rootVolume && partsOf(rootVolume),
    dataVolume: dataVolume && partsOf(dataVolume),
  };
}

/** The constraints across all properties of a group. */
export function groupConstraints(group: PlainGroup): Constraint[] {
  return CONSTRAINTS.flatMap((constraintsOf) => constraintsOf(group));
}

/** The constraints across some of the properties. */
type ConstraintsOf = (group: PlainGroup) => Constraint[];

const somethingPersists: ConstraintsOf = ({ persistence = {}, dataVolume }) => {
  const { rootVolume = true, privateIp = true } = persistence;
  const data = dataVolume === undefined ? false : (persistence.dataVolume ?? true);
  const kept = [rootVolume, privateIp, data];
  const holds = kept.includes(true);
  return [
    {
      path: ["persistence"],
      rule: "keep the root volume or the private IP",
      got: persistence,
      among: holds ? [] : kept,
      holds,
      condition: hcl`${rootVolume} || ${privateIp} || ${data}`,
    },
  ];
};

const typesFit: ConstraintsOf = ({ instanceTypes = {}, architecture }) =>
  instanceTypesConstraints(instanceTypes, architecture);

const volumesFit: ConstraintsOf = ({ rootVolume, dataVolume }) =>
  Object.entries({ rootVolume, dataVolume }).flatMap(([prop, volume]) =>
    volume === undefined ? [] : volumeConstraints(prop, volume),
  );

const dataVolumeIsThere: ConstraintsOf = ({ persistence = {}, dataVolume }) => [
  {
    path: ["persistence", "dataVolume"],
    rule: "be left out without `dataVolume`",
    got: persistence.dataVolume,
    holds: persistence.dataVolume === undefined || dataVolume !== undefined,
  },
];

const devicesDiffer: ConstraintsOf = ({ rootVolume, dataVolume }) => {
  if (dataVolume === undefined) return [];
  const root = rootVolume?.device ?? ROOT_DEVICE;
  const data = dataVolume.device ?? DATA_DEVICE;
  return [
    {
      path: ["dataVolume", "device"],
      rule: "differ from the root volume's",
      got: data,
      among: [root, data],
      holds: root !== data,
      condition: hcl`${root} != ${data}`,
    },
  ];
};

const preferredZonesAreUsed: ConstraintsOf = ({
  preferredZones,
  orientation = Orientation.AVAILABILITY.value,
}) => {
  if (preferredZones === undefined) return [];
  return [
    {
      path: ["preferredZones"],
      rule: "be left out with an orientation that uses all zones alike",
      got: preferredZones,
      among: [orientation],
      holds: orientation !== Orientation.EQUAL_ZONES.value,
      condition: hcl`${orientation} != ${Orientation.EQUAL_ZONES.value}`,
    },
  ];
};

/** Each address belongs to one instance and is kept. */
export const addressesConstraints: ConstraintsOf = ({ privateIps, capacity, persistence = {} }) => {
  if (privateIps === undefined) return [];
  const { privateIp = true } = persistence;
  const count = isList(privateIps) ? privateIps.length : privateIps;
  return [
    {
      path: ["privateIps"],
      rule: "be left out unless `persistence.privateIp` is true",
      got: privateIps,
      among: [privateIp],
      holds: privateIp !== false,
      condition: hcl`${privateIp}`,
    },
    {
      // Spot creates a stateful instance for every address, and pauses those above the capacity.
      path: ["privateIps"],
      rule: `name at most as many as there are instances${parenthesized(capacity)}`,
      got: privateIps,
      among: [count, capacity],
      holds: capacity === undefined || Number(count) <= Number(capacity),
      condition: hcl`length(${privateIps}) <= ${capacity}`,
    },
  ];
};

const shareFits: ConstraintsOf = ({ strategy = {}, capacity }) => shareConstraints(strategy, capacity);

const healthIsChecked: ConstraintsOf = ({ healthCheck = HealthCheckType.EC2.value, targetGroupArns }) => {
  if (targetGroupArns !== undefined) return [];
  return [
    {
      path: ["healthCheck", "checkType"],
      rule: "be another one without `targetGroupArns`",
      got: healthCheck,
      among: [healthCheck],
      holds: healthCheck !== HealthCheckType.TARGET_GROUP.value,
      condition: hcl`${healthCheck} != ${HealthCheckType.TARGET_GROUP.value}`,
    },
  ];
};

/** With any other key EC2 starts no instance. */
const tagsAreShown: ConstraintsOf = ({ instanceMetadataTags: shown = false, tags = {} }) => {
  if (shown === false) return [];
  const { rule, holds, condition } = METADATA_TAG;
  if (Token.isUnresolved(tags)) {
    const all = each(METADATA_TAG).condition(hcl`keys(${tags})`);
    return [
      { path: ["tags"], rule, got: tags, among: [tags], holds: true, condition: hcl`!${shown} || ${all}` },
    ];
  }
  return Object.keys(tags)
    .filter((key) => !isKnown(key) || !holds(key))
    .map((key) => ({
      path: ["tags", key],
      rule,
      got: key,
      ofKey: true,
      among: [shown, key],
      holds: false,
      condition: hcl`!${shown} || ${condition(key)}`,
    }));
};

const arnsAreOfTheRegion: ConstraintsOf = ({ region, targetGroupArns = [], rootVolume, dataVolume }) => [
  ...regionConstraints(["targetGroupArns"], targetGroupArns, region),
  ...regionConstraints(["rootVolume", "kmsKeyId"], rootVolume?.kmsKeyId, region),
  ...regionConstraints(["dataVolume", "kmsKeyId"], dataVolume?.kmsKeyId, region),
];

const reservedAreLeft: ConstraintsOf = ({ ignoreChanges, overrides }) => [
  ...ignoreConstraints(ignoreChanges),
  ...overridesConstraints(overrides),
];

const CONSTRAINTS: readonly ConstraintsOf[] = [
  somethingPersists,
  typesFit,
  volumesFit,
  dataVolumeIsThere,
  devicesDiffer,
  preferredZonesAreUsed,
  addressesConstraints,
  shareFits,
  healthIsChecked,
  tagsAreShown,
  arnsAreOfTheRegion,
  reservedAreLeft,
];
