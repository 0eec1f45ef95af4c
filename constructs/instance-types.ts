import { Token } from "cdktf";
import { type Architecture } from "./architecture";
import { architectureOf } from "./instance-type";
import { INSTANCE_TYPE } from "./kinds";
import { checkResourceRequirements, emptyRanges, type ResourceRequirements } from "./resource-requirements";
import { mustBe, mustList, violation } from "./rules";

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

/** Throws where one value can be no such value. */
export function checkInstanceTypes(types: InstanceTypes): void {
  mustBe("instanceTypes.onDemand", types.onDemand, INSTANCE_TYPE);
  if (types.spot !== undefined) mustList("instanceTypes.spot", types.spot, INSTANCE_TYPE);
  if (types.preferredSpot !== undefined) {
    mustList("instanceTypes.preferredSpot", types.preferredSpot, INSTANCE_TYPE);
  }
  if (types.resourceRequirements !== undefined) checkResourceRequirements(types.resourceRequirements);
}

/** How the types do not fit together, or not the architecture. */
export function instanceTypesViolations(types: InstanceTypes, architecture?: Architecture): string[] {
  const { spot, preferredSpot, resourceRequirements } = types;
  const found: string[] = [];
  if (spot === undefined && resourceRequirements === undefined) {
    found.push(violation("instanceTypes.spot", "be given, or `resourceRequirements` instead", undefined));
  }
  if (spot !== undefined && resourceRequirements !== undefined) {
    const rule = "be left out where `spot` names the types";
    found.push(violation("instanceTypes.resourceRequirements", rule, resourceRequirements));
  }
  if (preferredSpot !== undefined && !Token.isUnresolved(preferredSpot) && !Token.isUnresolved(spot)) {
    for (const type of preferredSpot) {
      if (Token.isUnresolved(type) || spot?.some((each) => each === type || Token.isUnresolved(each)))
        continue;
      const rule = "name types that `spot` names too";
      found.push(violation("instanceTypes.preferredSpot", rule, type));
    }
  }
  if (resourceRequirements !== undefined) {
    for (const { prop, rule, got } of emptyRanges(resourceRequirements)) {
      found.push(violation(`instanceTypes.resourceRequirements.${prop}`, rule, got));
    }
  }
  const of = misfits(namedTypes(types), architecture?.value);
  return [...found, ...of.map(({ place, rule, type }) => violation(`instanceTypes.${place}`, rule, type))];
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
