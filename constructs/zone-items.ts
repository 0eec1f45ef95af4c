import { Fn, type Precondition, TerraformLocal, Token } from "cdktf";
import { type Construct } from "constructs";
import { type AvailabilityZones } from "./availability-zones";

/** As the kinds say it, without backslashes, which cdktf passes on into quotes of Terraform. */
const ITEM = "[a-z]{2}(-[a-z]+)+-[0-9][a-z][a-z0-9-]*:subnet-[0-9a-f]+(:[^:,[:space:]]*){0,3}";

/**
 * The items of a group. The provider reads three parts of each and passes over any further: a revision only
 * makes another text of it, which is sent again.
 */
export function zoneItems(scope: Construct, { items, names, revision }: AvailabilityZones): string[] {
  const mark = (item: string): string => (revision === undefined ? item : `${item}::${revision}`);
  const known = names !== undefined;
  const sent = known ? items.map(mark) : items;
  if (known && !sent.some((item) => Token.isUnresolved(item))) return sent;
  // An expression of text cannot stand inside another one; a local can.
  const { asList } = new TerraformLocal(scope, "zones", sent);
  return known || revision === undefined ? asList : Token.asList(Fn.formatlist(mark("%s"), [asList]));
}

/** Refuses items at plan time that the provider would drop; nothing where all of them are known. */
export function zonePreconditions(items: string[]): Precondition[] {
  if (!Token.isUnresolved(items)) return [];
  return [
    {
      condition: Fn.can(Fn.regex(`^${ITEM}(,${ITEM})*$`, Fn.join(",", items))),
      errorMessage:
        "`availabilityZones` must be items zone:subnet or zone:subnet:placementGroup, such as us-west-2a:subnet-0a1b: the provider drops others.",
    },
  ];
}
