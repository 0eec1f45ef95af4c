import { type IResolvable, type Precondition, Token } from "cdktf";
import { hcl } from "../terraform/hcl";
import { type Constraint, knownItems } from "../validation/constraint";
import { PLACEMENT_GROUP, SUBNET, ZONE } from "../validation/formats";
import { REVISIONS } from "../validation/limits";
import { list, object } from "../validation/shape";
import { ValidationError } from "../validation/validation-error";
import { Validator } from "../validation/validator";
import { isKnown, ofFormat, within } from "../validation/value-rules";

/** What else a group can say of its zones. */
export interface ZoneOptions {
  /**
   * Zones to launch spot instances in while they have any; each one of the zones. Not with
   * `Orientation.EQUAL_ZONES`.
   * @default - none is preferred
   */
  readonly preferred?: string[];
  /**
   * Raise it to have the zones sent to Spot once more, when a plan says that an update with them has failed:
   * the provider never reads zones, so it would not send them again by itself. 1 to 1000000.
   * @default - none
   */
  readonly revision?: number;
}

/** The same, for zones that are known. */
export interface KnownZoneOptions extends ZoneOptions {
  /**
   * The placement group to launch in, by zone.
   * @default - none
   */
  readonly placementGroups?: { [zone: string]: string };
}

/**
 * The zones an Elastigroup may use, each with its subnets. The provider takes them as `zone:subnet` and
 * drops an item without a subnet without a word; here that is an error.
 */
export class AvailabilityZones {
  /**
   * Zones with their subnets, in the order given.
   * @param subnets zone name to the subnet ids in it, such as `{"us-west-2a": ["subnet-0a1b"]}`; a list may be a
   * token, such as a VPC module's output
   * @param options preferred zones, placement groups, and a revision
   */
  public static of(subnets: { [zone: string]: string[] }, options: KnownZoneOptions = {}): AvailabilityZones {
    object()(["availabilityZones"], subnets);
    for (const [zone, ids] of Object.entries(subnets)) list()(["availabilityZones", zone], ids);
    const zones = Object.keys(subnets);
    const validator = new Validator();
    validator.list("availabilityZones", zones, ZONE);
    const { placementGroups = {} } = options;
    for (const [zone, group] of Object.entries(placementGroups))
      validator.value(["placementGroups", zone], group, ofFormat(PLACEMENT_GROUP));
    const items = zones.map((zone) => {
      const ids = subnets[zone] ?? [];
      validator.list(["availabilityZones", zone], ids, SUBNET);
      return zoneItems(zone, ids, placementGroups[zone]);
    });
    validator.across(
      zonesConstraints({ ...options, availabilityZones: subnets, preferredZones: options.preferred }),
    );
    return new AvailabilityZones(joined(items), zones, options, validator);
  }

  /**
   * Zones that only Terraform knows.
   * @param items a list token whose items are `zone:subnet` or `zone:subnet:placementGroup`, such as
   * `Token.asList("${flatten([for z, ids in var.zones : [for id in ids : \"${z}:${id}\"]])}")`; a plan with
   * another item is refused
   * @param options preferred zones, and a revision
   */
  public static fromExpression(items: string[], options: ZoneOptions = {}): AvailabilityZones {
    if (!Token.isUnresolved(items))
      throw new ValidationError("items", "be a list token; use AvailabilityZones.of for known zones", items);
    return new AvailabilityZones(items, undefined, options, new Validator());
  }

  /** The zones to use first, where there are any. */
  public readonly preferred?: string[];
  /** Which time they are sent. */
  public readonly revision?: number;
  /**
   * What Terraform has to see to.
   * @internal
   */
  public readonly _preconditions: readonly Precondition[];

  private constructor(
    /** `zone:subnet` items as the provider takes them. */
    public readonly items: string[],
    /** Zone names, unless only Terraform knows them. */
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

/** A zone's items; of subnets that only Terraform knows, Terraform makes them. */
function zoneItems(zone: string, ids: string[], group: string | undefined): string[] | IResolvable {
  const end = group === undefined ? [] : [group];
  if (!Token.isUnresolved(ids)) return ids.map((id) => [zone, id, ...end].join(":"));
  return hcl`[for id in ${ids} : join(":", flatten([${zone}, id, ${end}]))]`;
}

function joined(items: (string[] | IResolvable)[]): string[] {
  const known = items.flatMap((each) => (Array.isArray(each) ? each : []));
  return items.every(Array.isArray) ? known : Token.asList(hcl`flatten(${items})`);
}

/** Zones and what is said of them, as plain values. */
export interface PlainZones {
  readonly region?: unknown;
  /** Zones with their subnets, where at least the zones are known. */
  readonly availabilityZones: { readonly [zone: string]: unknown };
  readonly preferredZones?: unknown;
  readonly placementGroups?: object;
}

const AMONG_ZONES = "name a zone that `availabilityZones` names too";

/** How zones that are known must fit the region (which `of` is not told), their subnets, and what names them. */
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

/** How a message says that a zone is in another region. */
export function zoneOfRegionRule(region: string): string {
  return `be a zone of \`region\` (${region})`;
}

/** Zones that are known, against a region that is. */
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

/** Subnets that are known; what only Terraform knows is in the items. */
function subnetsInOneZone(subnets: PlainZones["availabilityZones"]): Constraint[] {
  const homes = new Map<string, string>();
  return Object.entries(subnets).flatMap(([zone, ids]) =>
    knownItems(ids).map(([index, id]) => {
      const home = homes.get(id) ?? zone;
      homes.set(id, home);
      return {
        path: ["availabilityZones", zone, index],
        rule: `be in one zone, and ${home} has it already`,
        got: id,
        holds: home === zone,
      };
    }),
  );
}
