import { Token } from "cdktf";
import { PLACEMENT_GROUP, SUBNET, ZONE } from "./kinds";
import { must, mustBe, mustBeWithin, mustList } from "./rules";

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
   * @param subnets zone name to the subnet ids in it, such as `{"us-west-2a": ["subnet-0a1b"]}`
   * @param options preferred zones, placement groups, and a revision
   */
  public static of(subnets: { [zone: string]: string[] }, options: KnownZoneOptions = {}): AvailabilityZones {
    const zones = Object.keys(subnets);
    mustList("availabilityZones", zones, ZONE);
    const { placementGroups = {} } = options;
    for (const [zone, group] of Object.entries(placementGroups)) {
      must("placementGroups", "name zones that `availabilityZones` names too", zone, zones.includes(zone));
      mustBe(`placementGroups.${zone}`, group, PLACEMENT_GROUP);
    }
    const items = zones.flatMap((zone) => {
      const ids = subnets[zone] ?? [];
      mustList(`availabilityZones.${zone}`, ids, SUBNET);
      const group = placementGroups[zone];
      return ids.map((id) => `${zone}:${id}${group === undefined ? "" : `:${group}`}`);
    });
    return new AvailabilityZones(items, zones, options);
  }

  /**
   * Zones that only Terraform knows.
   * @param items a list token whose items are `zone:subnet` or `zone:subnet:placementGroup`, such as
   * `Token.asList("${flatten([for z, ids in var.zones : [for id in ids : \"${z}:${id}\"]])}")`; a plan with
   * another item is refused
   * @param options preferred zones, and a revision
   */
  public static fromExpression(items: string[], options: ZoneOptions = {}): AvailabilityZones {
    must(
      "items",
      "be a list token; use AvailabilityZones.of for known zones",
      items,
      Token.isUnresolved(items),
    );
    return new AvailabilityZones(items, undefined, options);
  }

  /** The zones to use first, where there are any. */
  public readonly preferred?: string[];
  /** Which time they are sent. */
  public readonly revision?: number;

  private constructor(
    /** `zone:subnet` items as the provider takes them. */
    public readonly items: string[],
    /** Zone names, unless only Terraform knows them. */
    public readonly names: string[] | undefined,
    options: ZoneOptions,
  ) {
    if (options.revision !== undefined) mustBeWithin("zonesRevision", options.revision, 1, 1_000_000);
    this.preferred = checkPreferred(options, names);
    this.revision = options.revision;
  }
}

function checkPreferred({ preferred }: ZoneOptions, zones: string[] | undefined): string[] | undefined {
  if (preferred === undefined) return undefined;
  mustList("preferredZones", preferred, ZONE);
  if (zones === undefined || Token.isUnresolved(preferred)) return preferred;
  for (const zone of preferred) {
    must("preferredZones", "name zones that `availabilityZones` names too", zone, zones.includes(zone));
  }
  return preferred;
}
