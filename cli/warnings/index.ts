import { fewSpotTypes } from "./few-spot-types";
import { onDemandTypeApart } from "./on-demand-type-apart";
import { oneMaster } from "./one-master";
import { oneZone } from "./one-zone";
import { unprotected } from "./unprotected";
import { type WarningRule } from "./warning";

/** All of them, in the order in which they are shown. */
export const WARNINGS: readonly WarningRule[] = [
  oneZone,
  fewSpotTypes,
  onDemandTypeApart,
  oneMaster,
  unprotected,
];
