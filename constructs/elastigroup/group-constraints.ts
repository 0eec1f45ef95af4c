import { Token } from "cdktf";
import { hcl } from "../terraform/hcl";
import { isInRegion } from "../validation/arn";
import { type Constraint, parenthesized } from "../validation/constraint";
import { type StatefulElastigroupProps } from "./group-props";
import { healthCheckOf } from "./health-check";
import { instanceTypesConstraints } from "./instance-types";
import { Orientation } from "./orientation";
import { volumeConstraints } from "./volume";

/** The constraints across some of the properties. */
type ConstraintsOf = (props: StatefulElastigroupProps) => Constraint[];

const somethingPersists: ConstraintsOf = ({ persistence = {}, dataVolume }) => {
  const { rootVolume = true, privateIp = true } = persistence;
  const data = dataVolume === undefined ? false : (persistence.dataVolume ?? true);
  const kept = [rootVolume, privateIp, data];
  const holds = kept.includes(true);
  return [
    {
      prop: "persistence",
      rule: "keep the root volume or the private IP",
      got: persistence,
      among: holds ? [] : kept,
      holds,
      condition: hcl`${rootVolume} || ${privateIp} || ${data}`,
    },
  ];
};

const typesFit: ConstraintsOf = ({ instanceTypes, architecture }) =>
  instanceTypesConstraints(instanceTypes, architecture);

const rootVolumeFits: ConstraintsOf = ({ rootVolume }) =>
  rootVolume === undefined ? [] : volumeConstraints("rootVolume", rootVolume);

const dataVolumeFits: ConstraintsOf = ({ dataVolume }) =>
  dataVolume === undefined ? [] : volumeConstraints("dataVolume", dataVolume);

const dataVolumeIsThere: ConstraintsOf = ({ persistence = {}, dataVolume }) => [
  {
    prop: "persistence.dataVolume",
    rule: "be left out without `dataVolume`",
    got: persistence.dataVolume,
    among: [],
    holds: persistence.dataVolume === undefined || dataVolume !== undefined,
    condition: hcl`false`,
  },
];

const devicesDiffer: ConstraintsOf = ({ rootVolume, dataVolume }) => {
  if (dataVolume === undefined) return [];
  const root = rootVolume?.device ?? ROOT_DEVICE;
  const data = dataVolume.device ?? DATA_DEVICE;
  return [
    {
      prop: "dataVolume.device",
      rule: "differ from the root volume's",
      got: data,
      among: [root, data],
      holds: root !== data,
      condition: hcl`${root} != ${data}`,
    },
  ];
};

const preferredZonesAreUsed: ConstraintsOf = ({ availabilityZones: { preferred }, strategy = {} }) => {
  const { value } = strategy.orientation ?? Orientation.AVAILABILITY;
  if (preferred === undefined) return [];
  return [
    {
      prop: "preferredZones",
      rule: "be left out with an orientation that uses all zones alike",
      got: preferred,
      among: [value],
      holds: value !== Orientation.EQUAL_ZONES.value,
      condition: hcl`${value} != ${Orientation.EQUAL_ZONES.value}`,
    },
  ];
};

const addressesFit: ConstraintsOf = ({ privateIps, capacity, persistence = {} }) => {
  if (privateIps === undefined) return [];
  const { privateIp = true } = persistence;
  const count = Token.isUnresolved(privateIps) ? privateIps : privateIps.length;
  return [
    {
      prop: "privateIps",
      rule: "be left out unless `persistence.privateIp` is true",
      got: privateIps,
      among: [privateIp],
      holds: privateIp !== false,
      condition: hcl`${privateIp}`,
    },
    {
      // Spot makes a stateful instance of every address, and would leave the others paused.
      prop: "privateIps",
      rule: `name at most as many as there are instances${parenthesized(capacity)}`,
      got: privateIps,
      among: [count, capacity],
      holds: privateIps.length <= capacity,
      condition: hcl`length(${privateIps}) <= ${capacity}`,
    },
  ];
};

const healthIsChecked: ConstraintsOf = ({ healthCheck, targetGroupArns }) => {
  const { value } = healthCheckOf(healthCheck).type;
  if (targetGroupArns !== undefined) return [];
  return [
    {
      prop: "healthCheck.type",
      rule: "be another one without `targetGroupArns`",
      got: value,
      among: [value],
      holds: value !== "TARGET_GROUP",
      condition: hcl`${value} != "TARGET_GROUP"`,
    },
  ];
};

/** Elsewhere there is nothing of that name. */
const arnsAreOfTheRegion: ConstraintsOf = ({ region, targetGroupArns = [], rootVolume, dataVolume }) => {
  const lists = {
    targetGroupArns,
    "rootVolume.kmsKeyId": rootVolume?.kmsKeyId,
    "dataVolume.kmsKeyId": dataVolume?.kmsKeyId,
  };
  return Object.entries(lists).flatMap(([prop, given]) => {
    if (given === undefined) return [];
    const arns = Array.isArray(given) ? given : [given];
    return {
      prop,
      rule: `be in \`region\`${parenthesized(region)}`,
      got: given,
      among: [arns, region],
      holds: arns.every((arn) => isInRegion(arn, region)),
      condition: hcl`alltrue([for arn in ${arns} : arn == null ? true : !startswith(arn, "arn:") || try(split(":", arn)[3] == ${region}, false)])`,
    };
  });
};

const CONSTRAINTS: readonly ConstraintsOf[] = [
  somethingPersists,
  typesFit,
  rootVolumeFits,
  dataVolumeFits,
  dataVolumeIsThere,
  devicesDiffer,
  preferredZonesAreUsed,
  addressesFit,
  healthIsChecked,
  arnsAreOfTheRegion,
];

/** Where most images have their root volume. */
export const ROOT_DEVICE = "/dev/xvda";

/** Where a data volume goes unless told. */
export const DATA_DEVICE = "/dev/xvdf";

/** How a group's properties must go together. */
export function groupConstraints(props: StatefulElastigroupProps): Constraint[] {
  return CONSTRAINTS.flatMap((constraintsOf) => constraintsOf(props));
}
