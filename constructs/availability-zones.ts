import { Token } from "cdktf";
import { SUBNET, ZONE } from "./kinds";
import { must, mustList } from "./rules";

/**
 * The zones an Elastigroup may use, each with its subnets. The provider takes them as `zone:subnet` and
 * drops an item without a subnet without a word; here that is an error.
 */
export class AvailabilityZones {
  /**
   * Zones with their subnets, in the order given.
   * @param subnets zone name to the subnet ids in it, such as `{"us-west-2a": ["subnet-0a1b"]}`
   */
  public static of(subnets: { [zone: string]: string[] }): AvailabilityZones {
    const zones = Object.keys(subnets);
    mustList("availabilityZones", zones, ZONE);
    const items = zones.flatMap((zone) => {
      const ids = subnets[zone] ?? [];
      mustList(`availabilityZones.${zone}`, ids, SUBNET);
      return ids.map((id) => `${zone}:${id}`);
    });
    return new AvailabilityZones(items, zones);
  }

  /**
   * Zones that only Terraform knows.
   * @param items a list token whose items are `zone:subnet`, such as
   * `Token.asList("${flatten([for z, ids in var.zones : [for id in ids : \"${z}:${id}\"]])}")`
   */
  public static fromExpression(items: string[]): AvailabilityZones {
    must(
      "items",
      "be a list token; use AvailabilityZones.of for known zones",
      items,
      Token.isUnresolved(items),
    );
    return new AvailabilityZones(items, undefined);
  }

  private constructor(
    /** `zone:subnet` items as the provider takes them. */
    public readonly items: string[],
    /** Zone names, unless only Terraform knows them. */
    public readonly names: string[] | undefined,
  ) {}
}
