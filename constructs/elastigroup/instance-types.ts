import { Token } from "cdktf";
import { hcl } from "../terraform/hcl";
import { type Constraint } from "../validation/constraint";
import { INSTANCE_TYPE } from "../validation/formats";
import { type Validator } from "../validation/validator";
import { isKnown, ofFormat } from "../validation/value-rules";
import { type Architecture } from "./architecture";
import { architectureOf } from "./instance-type";
import {
  rangeConstraints,
  type ResourceRequirements,
  validateResourceRequirements,
} from "./resource-requirements";

/** The machines a group may use. All should hold the replica's data: a replacement can be of any of them. */
export interface InstanceTypes {
  /** The type used when no spot capacity is left, such as `r6i.large`. */
  readonly onDemand: string;
  /**
   * The spot types; the more there are, the rarer an interruption without a replacement.
   * @default - those that `resourceRequirements` describe; one of the two must be given
   */
  readonly spot?: string[];
  /**
   * Spot types to prefer, each one of `spot`.
   * @default - none is preferred
   */
  readonly preferredSpot?: string[];
  /**
   * What a spot machine must have, instead of `spot`.
   * @default - `spot` names the types
   */
  readonly resourceRequirements?: ResourceRequirements;
}

/** Checks each value by itself. */
export function validateInstanceTypes(types: InstanceTypes, validator: Validator): void {
  validator.value("instanceTypes.onDemand", types.onDemand, ofFormat(INSTANCE_TYPE));
  validator.list("instanceTypes.spot", types.spot, INSTANCE_TYPE);
  validator.list("instanceTypes.preferredSpot", types.preferredSpot, INSTANCE_TYPE);
  if (types.resourceRequirements !== undefined)
    validateResourceRequirements(types.resourceRequirements, validator);
}

/** How the types must fit together, and the architecture. */
export function instanceTypesConstraints(types: InstanceTypes, architecture?: Architecture): Constraint[] {
  const { spot, resourceRequirements } = types;
  return [
    {
      prop: "instanceTypes.spot",
      rule: "be given, or `resourceRequirements` instead",
      got: undefined,
      among: [],
      holds: spot !== undefined || resourceRequirements !== undefined,
      condition: hcl`true`,
    },
    {
      prop: "instanceTypes.resourceRequirements",
      rule: "be left out where `spot` names the types",
      got: resourceRequirements,
      among: [],
      holds: spot === undefined || resourceRequirements === undefined,
      condition: hcl`true`,
    },
    ...preferredAmongSpot(types),
    ...(resourceRequirements === undefined ? [] : rangeConstraints(resourceRequirements)),
    ...misfits(namedTypes(types), architecture?.value).map(({ place, rule, type }) => ({
      prop: `instanceTypes.${place}`,
      rule,
      got: type,
      among: [],
      holds: false,
      condition: hcl`false`,
    })),
    ...oneArchitecture(types, architecture?.value),
  ];
}

function preferredAmongSpot({ spot, preferredSpot }: InstanceTypes): Constraint[] {
  if (spot === undefined || preferredSpot === undefined) return [];
  const among = { prop: "instanceTypes.preferredSpot", rule: "name types that `spot` names too" };
  if (Token.isUnresolved(preferredSpot)) {
    const condition = hcl`length(setsubtract(${preferredSpot}, ${spot})) == 0`;
    return [{ ...among, got: preferredSpot, among: [preferredSpot], holds: true, condition }];
  }
  return preferredSpot
    .filter((type) => Token.isUnresolved(spot) || !spot.includes(type))
    .map((type) => ({
      ...among,
      got: type,
      among: [type, spot],
      holds: false,
      condition: hcl`contains(${spot}, ${type})`,
    }));
}

/** Graviton's mark is a "g" behind the generation; the first ones had none. */
const GRAVITON = "^(a1|[a-z]+\\d[a-z]*g[a-z]*)\\.";

/** Types that only Terraform knows, against each other and all that is known; `misfits` has the rest. */
function oneArchitecture(
  { onDemand, spot = [], preferredSpot = [] }: InstanceTypes,
  architecture: string | undefined,
): Constraint[] {
  const listed = (types: string[]): unknown[] => (Token.isUnresolved(types) ? [types] : types);
  const all = [onDemand, ...listed(spot), ...listed(preferredSpot)];
  const unknown = all.filter((type) => !isKnown(type));
  const known = namedTypes({ onDemand, spot, preferredSpot }).map(({ type }) => architectureOf(type));
  const given = architecture === undefined || isKnown(architecture) ? [architecture] : [];
  const architectures = new Set(
    [...given, ...known].filter((each) => each !== undefined).map((each) => each === "arm64"),
  );
  const wanted = isKnown(architecture)
    ? [...architectures]
    : [...architectures, hcl`${architecture} == "arm64"`];
  return [
    {
      prop: "instanceTypes",
      rule: "be of one architecture, for one image runs on all",
      got: all,
      among: [unknown, architecture],
      holds: true,
      condition: hcl`length(distinct(concat(${wanted}, [for type in flatten(${unknown}) : can(regex(${GRAVITON}, type))]))) <= 1`,
    },
  ];
}

/** A type with the place that names it. */
interface NamedType<Place> {
  readonly place: Place;
  readonly type: string;
}

/** A type that does not run the same image as the others. */
interface Misfit<Place> extends NamedType<Place> {
  readonly rule: string;
}

function namedTypes({ onDemand, spot, preferredSpot }: InstanceTypes): NamedType<string>[] {
  const named = (place: string, types: string[] = []): NamedType<string>[] =>
    Token.isUnresolved(types)
      ? []
      : types.filter((type) => !Token.isUnresolved(type)).map((type) => ({ place, type }));
  return [...named("onDemand", [onDemand]), ...named("spot", spot), ...named("preferredSpot", preferredSpot)];
}

/**
 * The types of another architecture than the group's: the given one, or that of the first type. A family this
 * package does not know is taken on trust where the architecture is given.
 */
export function misfits<Place>(
  types: readonly NamedType<Place>[],
  architecture: string | undefined,
): Misfit<Place>[] {
  if (Token.isUnresolved(architecture)) return [];
  const known = types.find(({ type }) => architectureOf(type) !== undefined);
  const wanted = architecture ?? (known && architectureOf(known.type));
  return types.flatMap((named) => {
    const own = architectureOf(named.type);
    if (own === wanted) return [];
    if (own === undefined) {
      const rule = "be of a family this package knows, unless `architecture` is given";
      return architecture === undefined ? [{ ...named, rule }] : [];
    }
    const reason = architecture === undefined ? ` as ${known?.type}: one image runs on all` : "";
    return [{ ...named, rule: `be ${wanted}, not ${own}${reason}` }];
  });
}
