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

/** The instance types of a group. A replacement can be of any type, so each must have enough memory for the data. */
export interface InstanceTypes {
  /**
   * The type that is used without spot capacity, such as `r6i.large`; or several, of which Spot picks one. A list
   * that only Terraform knows is a list token.
   */
  readonly onDemand: string | string[];
  /**
   * The spot types. With more types, a replacement finds spot capacity more often.
   * @default - the types that match `resourceRequirements`; one of the two must be given
   */
  readonly spot?: string[];
  /**
   * The preferred spot types, a subset of `spot`.
   * @default - none is preferred
   */
  readonly preferredSpot?: string[];
  /**
   * Requirements for spot instances, instead of `spot`.
   * @default - the types of `spot`
   */
  readonly resourceRequirements?: ResourceRequirements;
}

/** Validates each value separately. */
export function validateInstanceTypes(types: InstanceTypes, validator: Validator): void {
  if ((types.spot ?? types.resourceRequirements) === undefined)
    throw new ValidationError("instanceTypes.spot", givenUnlessRule("resourceRequirements"), undefined);
  const { onDemand } = types;
  if (Array.isArray(onDemand)) validator.list("instanceTypes.onDemand", onDemand, INSTANCE_TYPE);
  else validator.value("instanceTypes.onDemand", onDemand, ofFormat(INSTANCE_TYPE));
  validator.list("instanceTypes.spot", types.spot, INSTANCE_TYPE);
  validator.list("instanceTypes.preferredSpot", types.preferredSpot, INSTANCE_TYPE);
  if (types.resourceRequirements !== undefined)
    validateResourceRequirements(types.resourceRequirements, validator);
}

/** The instance types as plain values. For a config file, some may be missing. */
export type PlainInstanceTypes = {
  readonly [prop in Exclude<keyof InstanceTypes, "resourceRequirements">]?: unknown;
} & {
  readonly resourceRequirements?: Parameters<typeof rangeConstraints>[0];
};

/** The constraints across the types and the architecture. */
export function instanceTypesConstraints(
  types: PlainInstanceTypes,
  architecture: string | undefined,
): Constraint[] {
  const { spot, resourceRequirements } = types;
  return [
    {
      path: ["instanceTypes", "resourceRequirements"],
      rule: "be left out where `instanceTypes.spot` is given",
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
  const rule = "be a subset of `instanceTypes.spot`";
  const ruleOfItem = "be one of `instanceTypes.spot`";
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

/** Graviton types have a "g" after the generation, except the first generation. */
const GRAVITON = "^(a1|[a-z]+\\d[a-z]*g[a-z]*)\\.";

/** The constraints across types that are known only to Terraform and all known values; see `misfits` for known types. */
function oneArchitecture(types: PlainInstanceTypes, architecture: string | undefined): Constraint[] {
  const { onDemand, spot = [], preferredSpot = [] } = types;
  const all = [onDemand, spot, preferredSpot].flatMap((each) => (isList(each) ? each : [each]));
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
      rule: "have one architecture, since all instances use the same image",
      got: all,
      among: [unknown, architecture],
      holds: true,
      condition: hcl`length(distinct(concat(${wanted}, [for type in flatten(${unknown}) : can(regex(${GRAVITON}, type))]))) <= 1`,
    },
  ];
}

/** The known types, each with its path. */
function namedTypes({ onDemand, spot, preferredSpot }: PlainInstanceTypes): { path: Path; type: string }[] {
  const of = (key: string, types: unknown): { path: Path; type: string }[] =>
    knownItems(types).map(([index, type]) => ({ path: ["instanceTypes", key, index], type }));
  return [
    ...(isList(onDemand)
      ? of("onDemand", onDemand)
      : knownItems([onDemand]).map(([, type]) => ({ path: ["instanceTypes", "onDemand"], type }))),
    ...of("spot", spot),
    ...of("preferredSpot", preferredSpot),
  ];
}

/**
 * The types of another architecture than that of the group, which is the given one or that of the first type. If the
 * architecture is given, families that this package does not know are not checked.
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
