import { Fn, TerraformLocal, Token, Tokenization } from "cdktf";
import { type Construct } from "constructs";
import { hcl } from "../terraform/hcl";
import { type Constraint, parenthesized } from "../validation/constraint";
import { type Format, SUBNET, ZONE } from "../validation/formats";
import { type AvailabilityZones, regionOfZones } from "./availability-zones";

/** A zone, a subnet, and an optional placement group. */
const ITEM = `^${inner(ZONE)}:${inner(SUBNET)}(:[^:\\s]*){0,3}$`;

/** The source of a pattern without its anchors. */
function inner({ pattern }: Format): string {
  return pattern.source.slice(1, -1);
}

/**
 * The items of a group. The provider reads three parts of each item and ignores further parts. A revision is such a part:
 * it only changes the text, so that the items are sent again.
 */
export function zoneItems(scope: Construct, { items, revision }: AvailabilityZones): string[] {
  const time = revision === undefined ? undefined : Tokenization.stringifyNumber(revision);
  const mark = (item: string): string => (time === undefined ? item : `${item}::${time}`);
  const known = !Token.isUnresolved(items);
  const sent = known ? items.map(mark) : items;
  if (known && !sent.some((item) => Token.isUnresolved(item))) return sent;
  // A text with an expression cannot be part of another expression. A local can.
  const { asList } = new TerraformLocal(scope, "zones", sent);
  return known || time === undefined ? asList : Token.asList(Fn.formatlist("%s::%s", [asList, time]));
}

/** The preconditions of a group's zones and of their items. */
export function itemsConstraints(zones: AvailabilityZones, items: string[], region: string): Constraint[] {
  return [...itemConstraints(items), ...zoneConstraints(zones, items, region)];
}

/** The provider would drop some other items, and Spot would reject the rest. */
function itemConstraints(items: string[]): Constraint[] {
  const about = { path: ["availabilityZones"], got: items, among: [items], holds: true };
  return [
    {
      ...about,
      rule: "be items zone:subnet or zone:subnet:placementGroup, such as us-west-2a:subnet-0a1b (the provider drops others)",
      condition: hcl`length(${items}) > 0 && alltrue([for item in ${items} : can(regex(${ITEM}, item))])`,
    },
    {
      ...about,
      rule: "have each subnet in one zone, once",
      condition: hcl`length(distinct([for item in ${items} : try(split(":", item)[1], item)])) == length(${items})`,
    },
  ];
}

/** The constraints across zones, the region and the preferred zones, for values that are known only to Terraform. */
function zoneConstraints(
  { names, preferred }: AvailabilityZones,
  items: string[],
  region: string,
): Constraint[] {
  const zones = names ?? hcl`[for item in ${items} : split(":", item)[0]]`;
  const within: Constraint = {
    path: ["availabilityZones"],
    rule: `name zones of \`region\`${parenthesized(region)}`,
    got: names ?? items,
    among: [names ?? items, region],
    holds: true,
    condition: hcl`alltrue([for zone in ${zones} : startswith(zone, ${region})])`,
  };
  const ofRegion = [...regionOfZones(names ?? [], region), within];
  if (preferred === undefined) return ofRegion;
  const used: Constraint = {
    path: ["preferredZones"],
    rule: "be zones of `availabilityZones`",
    got: preferred,
    among: [preferred, names ?? items],
    holds: true,
    condition: hcl`length(setsubtract(${preferred}, ${zones})) == 0`,
  };
  return [...ofRegion, used];
}
