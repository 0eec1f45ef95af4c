import { Token } from "cdktf";
import { INSTANCE_TYPE } from "./kinds";
import { must, mustBe, mustList } from "./rules";

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
  mustBe("instanceTypes.onDemand", types.onDemand, INSTANCE_TYPE);
  mustList("instanceTypes.spot", types.spot, INSTANCE_TYPE);
  if (types.preferredSpot === undefined) return;
  mustList("instanceTypes.preferredSpot", types.preferredSpot, INSTANCE_TYPE);
  if (Token.isUnresolved(types.spot)) return;
  for (const type of types.preferredSpot) {
    must("instanceTypes.preferredSpot", "name types that `spot` names too", type, types.spot.includes(type));
  }
}
