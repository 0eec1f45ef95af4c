import { Op, type Precondition, Token } from "cdktf";
import { instanceTypesViolations } from "./instance-types";
import { REPLICAS, withinRule } from "./kinds";
import { Orientation } from "./orientation";
import { violation } from "./rules";
import { type StatefulElastigroupProps } from "./stateful-elastigroup";
import { volumeViolations } from "./volume";

/** A rule across properties: what is wrong, each as one message. */
type Rule = (props: StatefulElastigroupProps) => string[];

const somethingPersists: Rule = ({ persistence = {}, dataVolume }) => {
  const { rootVolume = true, privateIp = true } = persistence;
  const data = dataVolume === undefined ? false : (persistence.dataVolume ?? true);
  if (rootVolume !== false || privateIp !== false || data !== false) return [];
  return [violation("persistence", "keep the root volume or the private IP", persistence)];
};

const typesFit: Rule = ({ instanceTypes, architecture }) =>
  instanceTypesViolations(instanceTypes, architecture);

const rootVolumeFits: Rule = ({ rootVolume }) =>
  rootVolume === undefined ? [] : volumeViolations("rootVolume", rootVolume);

const dataVolumeFits: Rule = ({ dataVolume }) =>
  dataVolume === undefined ? [] : volumeViolations("dataVolume", dataVolume);

const dataVolumeIsThere: Rule = ({ persistence = {}, dataVolume }) =>
  persistence.dataVolume === undefined || dataVolume !== undefined
    ? []
    : [violation("persistence.dataVolume", "be left out without `dataVolume`", persistence.dataVolume)];

const devicesDiffer: Rule = ({ rootVolume, dataVolume }) => {
  const root = rootVolume?.device ?? ROOT_DEVICE;
  const data = dataVolume?.device ?? DATA_DEVICE;
  if (dataVolume === undefined || Token.isUnresolved(root) || root !== data) return [];
  return [violation("dataVolume.device", "differ from the root volume's", data)];
};

const preferredZonesAreUsed: Rule = ({ availabilityZones: { preferred }, strategy = {} }) =>
  preferred === undefined || strategy.orientation?.value !== Orientation.EQUAL_ZONES.value
    ? []
    : [violation("preferredZones", "be left out with an orientation that uses all zones alike", preferred)];

const addressesFit: Rule = ({ privateIps, capacity, persistence = {} }) => {
  if (privateIps === undefined || Token.isUnresolved(privateIps)) return [];
  const found: string[] = [];
  if (persistence.privateIp === false) {
    found.push(violation("privateIps", "be left out unless `persistence.privateIp` is true", privateIps));
  }
  // Spot makes a stateful instance of every address, and would leave the others paused.
  if (!Token.isUnresolved(capacity) && privateIps.length > capacity) {
    found.push(
      violation("privateIps", `name at most as many as there are instances (${capacity})`, privateIps),
    );
  }
  return found;
};

const healthIsChecked: Rule = ({ healthCheck, targetGroupArns }) =>
  healthCheck?.type?.value !== "TARGET_GROUP" || targetGroupArns !== undefined
    ? []
    : [violation("healthCheck.type", "be another one without `targetGroupArns`", "TARGET_GROUP")];

const RULES: readonly Rule[] = [
  somethingPersists,
  typesFit,
  rootVolumeFits,
  dataVolumeFits,
  dataVolumeIsThere,
  devicesDiffer,
  preferredZonesAreUsed,
  addressesFit,
  healthIsChecked,
];

/** Where most images have their root volume. */
export const ROOT_DEVICE = "/dev/xvda";

/** Where a data volume goes unless told. */
export const DATA_DEVICE = "/dev/xvdf";

/** Everything that is wrong with how a group's properties go together. */
export function groupViolations(props: StatefulElastigroupProps): string[] {
  return RULES.flatMap((rule) => rule(props));
}

/** The rules whose breach Spot would accept and replicas would pay for, where only Terraform knows the values. */
export function groupPreconditions(props: StatefulElastigroupProps): Precondition[] {
  return [...capacityIsOne(props), ...persistenceIsOne(props)];
}

function capacityIsOne({ capacity }: StatefulElastigroupProps): Precondition[] {
  if (!Token.isUnresolved(capacity)) return [];
  const { least, most } = REPLICAS;
  return [
    {
      condition: Op.and(Op.gte(capacity, least), Op.lte(capacity, most)),
      errorMessage: `\`capacity\` must ${withinRule(least, most)}.`,
    },
  ];
}

function persistenceIsOne({
  persistence = {},
  dataVolume: volume,
}: StatefulElastigroupProps): Precondition[] {
  const { rootVolume = true, privateIp = true } = persistence;
  const dataVolume = volume === undefined ? false : (persistence.dataVolume ?? true);
  const kept = [rootVolume, privateIp, dataVolume];
  const [first, ...more] = kept.filter((each) => Token.isUnresolved(each));
  if (kept.includes(true) || first === undefined) return [];
  return [
    {
      condition: more.reduce((any, each) => Op.or(any, each), first),
      errorMessage: "`persistence` must keep the root volume or the private IP.",
    },
  ];
}
