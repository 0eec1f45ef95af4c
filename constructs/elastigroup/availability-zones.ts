import { type IResolvable, type Precondition, Token } from "cdktf";
import { hcl } from "../terraform/hcl";
import { PLACEMENT_GROUP, SUBNET, ZONE } from "../validation/formats";
import { REVISIONS } from "../validation/limits";
import { Validator } from "../validation/validator";
import { isKnown, ofFormat, oneOf, type ValueRule, violation, within } from "../validation/value-rules";

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
    const zones = Object.keys(subnets);
    const validator = new Validator();
    validator.list("availabilityZones", zones, ZONE);
    const { placementGroups = {} } = options;
    for (const [zone, group] of Object.entries(placementGroups)) {
      validator.value("placementGroups", zone, among(zones));
      validator.value(`placementGroups.${zone}`, group, ofFormat(PLACEMENT_GROUP));
    }
    const items = zones.map((zone) => {
      const ids = subnets[zone] ?? [];
      validator.list(`availabilityZones.${zone}`, ids, SUBNET);
      return zoneItems(zone, ids, placementGroups[zone]);
    });
    validateHomes(subnets);
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
    if (!Token.isUnresolved(items)) {
      const rule = "be a list token; use AvailabilityZones.of for known zones";
      throw new Error(violation("items", rule, items));
    }
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
    if (names !== undefined && preferred !== undefined && !Token.isUnresolved(preferred)) {
      for (const zone of preferred.filter(isKnown)) validator.value("preferredZones", zone, among(names));
    }
    this.preferred = preferred;
    this.revision = revision;
    this._preconditions = validator.preconditions;
  }
}

function among(zones: readonly string[]): ValueRule<string> {
  return { ...oneOf(zones), rule: "name zones that `availabilityZones` names too" };
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

/** Throws where a subnet is in two zones; what only Terraform knows is in no item yet. */
function validateHomes(subnets: { [zone: string]: string[] }): void {
  const homes = new Map<string, string>();
  for (const [zone, ids] of Object.entries(subnets)) {
    if (Token.isUnresolved(ids)) continue;
    for (const id of ids.filter((each) => !Token.isUnresolved(each))) {
      const other = homes.get(id);
      if (other !== undefined)
        throw new Error(violation(`availabilityZones.${zone}`, `leave out what ${other} has already`, id));
      homes.set(id, zone);
    }
  }
}
