import { type IResolvable, type Precondition, Token } from "cdktf";
import { hcl } from "../terraform/hcl";
import { type Constraint, knownItems } from "../validation/constraint";
import { PLACEMENT_GROUP, SUBNET, ZONE } from "../validation/formats";
import { REVISIONS } from "../validation/limits";
import { map, number, object, required, text, texts } from "../validation/shape";
import { ValidationError } from "../validation/validation-error";
import { Validator } from "../validation/validator";
import { isKnown, ofFormat, within } from "../validation/value-rules";

/** Options of the zones of a group. */
export interface ZoneOptions {
  /**
   * The preferred zones for spot instances, a subset of the zones. Not with `Orientation.EQUAL_ZONES`.
   * @default - none is preferred
   */
  readonly preferred?: string[];
  /**
   * Increase it to send the zones to Spot again, if a plan reports that an update with them has failed. The provider never
   * reads zones, so it would not send them again by itself. 1 to 1000000.
   * @default - none
   */
  readonly revision?: number;
}

/** Options of zones that are known at synthesis. */
export interface KnownZoneOptions extends ZoneOptions {
  /**
   * The placement group to launch in, by zone.
   * @default - none
   */
  readonly placementGroups?: { [zone: string]: string };
}

const ZONE_OPTIONS = object<KnownZoneOptions>({
  preferred: texts(),
  revision: number(),
  placementGroups: map(text()),
});

/**
 * The zones of an Elastigroup, each with its subnets. The provider takes them as `zone:subnet` and silently drops an item
 * without a subnet. Here such an item is an error.
 */
export class AvailabilityZones {
  /**
   * Zones with their subnets, in the order given.
   * @param subnets map from zone names to subnet IDs, such as `{"us-west-2a": ["subnet-0a1b"]}`; a list may be a
   * token, such as a VPC module's output
   * @param options preferred zones, placement groups, and a revision
   */
  public static of(subnets: { [zone: string]: string[] }, options: KnownZoneOptions = {}): AvailabilityZones {
    required(map(texts()))(["availabilityZones"], subnets);
    ZONE_OPTIONS(["options"], options);
    const zones = Object.keys(subnets);
    const validator = new Validator();
    validator.list("availabilityZones", zones, ZONE);
    const { placementGroups = {} } = options;
    for (const [zone, group] of Object.entries(placementGroups))
      validator.value(["placementGroups", zone], group, ofFormat(PLACEMENT_GROUP));
    const items = zones.map((zone) => {
      const ids = subnets[zone] ?? [];
      validator.list(["availabilityZones", zone], ids, SUBNET);
      return itemsOfZone(zone, ids, placementGroups[zone]);
    });
    validator.across(
      zonesConstraints({ ...options, availabilityZones: subnets, preferredZones: options.preferred }),
    );
    return new AvailabilityZones(joined(items), zones, options, validator);
  }

  /**
   * Zones that are known only to Terraform.
   * @param items a list token whose items are `zone:subnet` or `zone:subnet:placementGroup`, such as
   * `Token.asList("${flatten([for z, ids in var.zones : [for id in ids : \"${z}:${id}\"]])}")`; a plan with
   * another item is refused
   * @param options preferred zones, and a revision
   */
  public static fromExpression(items: string[], options: ZoneOptions = {}): AvailabilityZones {
    ZONE_OPTIONS(["options"], options);
    if (!Token.isUnresolved(items))
      throw new ValidationError("items", "be a list token; use AvailabilityZones.of for known zones", items);
    return new AvailabilityZones(items, undefined, options, new Validator());
  }

  /** The preferred zones, if there are any. */
  public readonly preferred?: string[];
  /** The revision of the zones. */
  public readonly revision?: number;
  /**
   * The preconditions for unknown values.
   * @internal
   */
  public readonly _preconditions: readonly Precondition[];

  private constructor(
    /** The `zone:subnet` items for the provider. */
    public readonly items: string[],
    /** The names of the zones, unless they are known only to Terraform. */
    public readonly names: string[] | undefined,
    options: ZoneOptions,
    validator: Validator,
  ) {
    const { preferred, revision } = options;
    validator.optional("zonesRevision", revision, within(REVISIONS));
    validator.list("preferredZones", preferred, ZONE);
    this.preferred = preferred;
    this.revision = revision;
    this._preconditions = validator.preconditions;
  }
}

/** The items of a zone. For subnets that are known only to Terraform, they are an expression. */
function itemsOfZone(zone: string, ids: string[], group: string | undefined): string[] | IResolvable {
  const end = group === undefined ? [] : [group];
  if (!Token.isUnresolved(ids)) return ids.map((id) => [zone, id, ...end].join(":"));
  return hcl`[for id in ${ids} : join(":", flatten([${zone}, id, ${end}]))]`;
}

function joined(items: (string[] | IResolvable)[]): string[] {
  const known = items.flatMap((each) => (Array.isArray(each) ? each : []));
  return items.every(Array.isArray) ? known : Token.asList(hcl`flatten(${items})`);
}

/** The zones and their options as plain values. */
export interface PlainZones {
  readonly region?: unknown;
  /** Zones with their subnets, if at least the names of the zones are known. */
  readonly availabilityZones: { readonly [zone: string]: unknown };
  readonly preferredZones?: unknown;
  readonly placementGroups?: object;
}

const AMONG_ZONES = "be a zone of `availabilityZones`";

/** The constraints across known zones, their subnets, the region (which `of` does not have), and other zone properties. */
export function zonesConstraints({
  region,
  availabilityZones,
  preferredZones,
  placementGroups = {},
}: PlainZones): Constraint[] {
  const zones = Object.keys(availabilityZones);
  return [
    ...regionOfZones(zones, region),
    ...subnetsInOneZone(availabilityZones),
    ...knownItems(preferredZones).map(([index, zone]) => ({
      path: ["preferredZones", index],
      rule: AMONG_ZONES,
      got: zone,
      holds: zones.includes(zone),
    })),
    ...Object.keys(placementGroups).map((zone) => ({
      path: ["placementGroups", zone],
      rule: AMONG_ZONES,
      got: zone,
      ofKey: true,
      holds: zones.includes(zone),
    })),
  ];
}

/** The rule that a zone is in the region. */
export function zoneOfRegionRule(region: string): string {
  return `be a zone of \`region\` (${region})`;
}

/** The constraints across known zones and a known region. */
export function regionOfZones(zones: readonly string[], region: unknown): Constraint[] {
  if (typeof region !== "string" || !isKnown(region)) return [];
  return zones.map((zone) => ({
    path: ["availabilityZones", zone],
    rule: zoneOfRegionRule(region),
    got: zone,
    ofKey: true,
    holds: zone.startsWith(region),
  }));
}

/** The constraints across known subnets. Unknown subnets are checked as items. */
function subnetsInOneZone(subnets: PlainZones["availabilityZones"]): Constraint[] {
  const homes = new Map<string, string>();
  return Object.entries(subnets).flatMap(([zone, ids]) =>
    knownItems(ids).map(([index, id]) => {
      const home = homes.get(id) ?? zone;
      homes.set(id, home);
      return {
        path: ["availabilityZones", zone, index],
        rule: `be listed in one zone only; it is already listed in ${home}`,
        got: id,
        holds: home === zone,
      };
    }),
  );
}
