import { isVariable } from "../../config/schema";
import { type WarningRule } from "./warning";

/** A zone without spot capacity, or without power, would take all replicas at once. */
export const oneZone: WarningRule = ({ availabilityZones }) => {
  const zones = isVariable(availabilityZones) ? [] : Object.keys(availabilityZones);
  return zones.length === 1
    ? [`all replicas are in ${zones[0]}, and all are gone with it; give \`availabilityZones\` a second zone`]
    : [];
};
