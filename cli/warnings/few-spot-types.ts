import { type WarningRule } from "./warning";

const ENOUGH = 3;

/** Each type in each zone is a market of its own. */
export const fewSpotTypes: WarningRule = ({ instanceTypes: { spot } }) =>
  Array.isArray(spot) && spot.length < ENOUGH
    ? [
        `with ${spot.length} spot type${spot.length === 1 ? "" : "s"} capacity runs out often; list at least ${ENOUGH} in \`instanceTypes.spot\``,
      ]
    : [];
