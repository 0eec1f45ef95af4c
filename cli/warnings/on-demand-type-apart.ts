import { isVariable } from "../../config/schema";
import { type WarningRule } from "./warning";

/** Whether a replica's data fits is known of types that run it already. */
export const onDemandTypeApart: WarningRule = ({ instanceTypes: { onDemand, spot } }) =>
  isVariable(onDemand) || !Array.isArray(spot) || spot.some(isVariable) || spot.includes(onDemand)
    ? []
    : [
        `${onDemand} runs replicas only as the on-demand fallback; see that a replica fits, or list it in \`instanceTypes.spot\``,
      ];
