import { Token } from "cdktf";
import { must, mustList, mustMatch } from "./rules";

const TYPE = /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/;

/** The machines a group may use. All should hold the replica's data: a replacement can be of any of them. */
export interface InstanceTypes {
  /** The type used when no spot capacity is left, such as `r6i.large`. */
  readonly onDemand: string;
  /** The spot types; the more there are, the rarer an interruption without a replacement. */
  readonly spot: string[];
  /**
   * Spot types to prefer, each one of `spot`.
   * @default - none is preferred
   */
  readonly preferredSpot?: string[];
}

/** Throws where a group could not be launched with these types. */
export function checkInstanceTypes(types: InstanceTypes): void {
  mustMatch("instanceTypes.onDemand", types.onDemand, TYPE, "be an instance type such as r6i.large");
  checkList("instanceTypes.spot", types.spot);
  if (types.preferredSpot === undefined) return;
  checkList("instanceTypes.preferredSpot", types.preferredSpot);
  if (Token.isUnresolved(types.spot)) return;
  for (const type of types.preferredSpot) {
    must("instanceTypes.preferredSpot", "name types that `spot` names too", type, types.spot.includes(type));
  }
}

function checkList(prop: string, types: string[]): void {
  if (Token.isUnresolved(types)) return;
  mustList(prop, types, "instance type");
  for (const type of types) mustMatch(prop, type, TYPE, "list instance types such as r6i.large");
}
