import { hcl } from "../terraform/hcl";
import { type Constraint, isList, knownItems } from "../validation/constraint";
import { INSTANCE_TYPE } from "../validation/formats";
import { type Path } from "../validation/path";
import { ValidationError } from "../validation/validation-error";
import { type Validator } from "../validation/validator";
import { givenUnlessRule, isKnown, ofFormat } from "../validation/value-rules";
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
  if ((types.spot ?? types.resourceRequirements) === undefined)
    throw new ValidationError("instanceTypes.spot", givenUnlessRule("resourceRequirements"), undefined);
  validator.value("instanceTypes.onDemand", types.onDemand, ofFormat(INSTANCE_TYPE));
  validator.list("instanceTypes.spot", types.spot, INSTANCE_TYPE);
  validator.list("instanceTypes.preferredSpot", types.preferredSpot, INSTANCE_TYPE);
  if (types.resourceRequirements !== undefined)
    validateResourceRequirements(types.resourceRequirements, validator);
}

/** The same as plain values; of a config file, some may be missing. */
export type PlainInstanceTypes = {
  readonly [prop in Exclude<keyof InstanceTypes, "resourceRequirements">]?: unknown;
} & {
  readonly resourceRequirements?: Parameters<typeof rangeConstraints>[0];
};

/** How the types must fit together, and the architecture. */
export function instanceTypesConstraints(
  types: PlainInstanceTypes,
  architecture: string | undefined,
): Constraint[] {
  const { spot, resourceRequirements } = types;
  return [
    {
      path: ["instanceTypes", "resourceRequirements"],
      rule: "be left out where `spot` names the types",
      got: resourceRequirements,
      holds: spot === undefined || resourceRequirements === undefined,
    },
    ...preferredAmongSpot(types),
    ...(resourceRequirements === undefined ? [] : rangeConstraints(resourceRequirements)),
    ...misfits(types, architecture),
    ...oneArchitecture(types, architecture),
  ];
}

function preferredAmongSpot({ spot, preferredSpot }: PlainInstanceTypes): Constraint[] {
  if (spot === undefined || preferredSpot === undefined) return [];
  const path = ["instanceTypes", "preferredSpot"];
  const rule = "name types that `spot` names too";
  const ruleOfItem = "name a type that `spot` names too";
  if (!isList(preferredSpot)) {
    const condition = hcl`length(setsubtract(${preferredSpot}, ${spot})) == 0`;
    return [{ path, rule, got: preferredSpot, among: [preferredSpot], holds: true, condition }];
  }
  return preferredSpot.flatMap((type, index) =>
    isList(spot) && spot.includes(type)
      ? []
      : {
          path: [...path, index],
          rule: isKnown([type, spot]) ? ruleOfItem : rule,
          got: type,
          among: [type, spot],
          holds: false,
          condition: hcl`contains(${spot}, ${type})`,
        },
  );
}

/** Graviton's mark is a "g" behind the generation; the first ones had none. */
const GRAVITON = "^(a1|[a-z]+\\d[a-z]*g[a-z]*)\\.";

/** Types that only Terraform knows, against each other and all that is known; `misfits` has the rest. */
function oneArchitecture(types: PlainInstanceTypes, architecture: string | undefined): Constraint[] {
  const { onDemand, spot = [], preferredSpot = [] } = types;
  const all = [
    onDemand,
    ...(isList(spot) ? spot : [spot]),
    ...(isList(preferredSpot) ? preferredSpot : [preferredSpot]),
  ];
  const unknown = all.filter((type) => !isKnown(type));
  const known = namedTypes(types).map(({ type }) => architectureOf(type));
  const given = architecture === undefined || isKnown(architecture) ? [architecture] : [];
  const architectures = new Set(
    [...given, ...known].filter((each) => each !== undefined).map((each) => each === "arm64"),
  );
  const wanted = isKnown(architecture)
    ? [...architectures]
    : [...architectures, hcl`${architecture} == "arm64"`];
  return [
    {
      path: ["instanceTypes"],
      rule: "be of one architecture, for one image runs on all",
      got: all,
      among: [unknown, architecture],
      holds: true,
      condition: hcl`length(distinct(concat(${wanted}, [for type in flatten(${unknown}) : can(regex(${GRAVITON}, type))]))) <= 1`,
    },
  ];
}

/** The types that are known, each with the place that names it. */
function namedTypes({ onDemand, spot, preferredSpot }: PlainInstanceTypes): { path: Path; type: string }[] {
  const of = (key: string, types: unknown): { path: Path; type: string }[] =>
    knownItems(types).map(([index, type]) => ({ path: ["instanceTypes", key, index], type }));
  return [
    ...knownItems([onDemand]).map(([, type]) => ({ path: ["instanceTypes", "onDemand"], type })),
    ...of("spot", spot),
    ...of("preferredSpot", preferredSpot),
  ];
}

/**
 * The types of another architecture than the group's: the given one, or that of the first type. A family this
 * package does not know is taken on trust where the architecture is given.
 */
function misfits(types: PlainInstanceTypes, architecture: string | undefined): Constraint[] {
  if (!isKnown(architecture)) return [];
  const named = namedTypes(types);
  const known = named.find(({ type }) => architectureOf(type) !== undefined);
  const wanted = architecture ?? (known && architectureOf(known.type));
  return named.flatMap(({ path, type }) => {
    const own = architectureOf(type);
    if (own === wanted) return [];
    const broken = { path, got: type, holds: false };
    if (own === undefined) {
      const rule = "be of a family this package knows, unless `architecture` is given";
      return architecture === undefined ? [{ ...broken, rule }] : [];
    }
    const reason = architecture === undefined ? ` as ${known?.type}: one image runs on all` : "";
    return [{ ...broken, rule: `be ${wanted}, not ${own}${reason}` }];
  });
}
