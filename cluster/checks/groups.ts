import { type Outcome, skipped, unchecked } from "./check";
import { type Facts } from "./facts";
import { type GroupFleet } from "../fleet";

/** Judges the groups in Spot; without credentials or an answer, says so. */
export function judgeGroups({ spot }: Facts, judgeFound: (found: readonly GroupFleet[]) => Outcome): Outcome {
  if (spot === undefined) return [skipped("no credentials of Spot; set SPOTINST_TOKEN and SPOTINST_ACCOUNT")];
  // A refusal has a rule of its own.
  if (!spot.known) return [unchecked(spot.reason)];
  return judgeFound(spot.value);
}
