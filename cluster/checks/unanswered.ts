import { skipped, type Unchecked, unchecked } from "./check";
import { type Facts } from "./facts";

/** The outcome where it is not known which nodes are in the groups. Without credentials, that is expected. */
export function unanswered({ spot }: Pick<Facts, "spot">, reason: string): Unchecked {
  return spot === undefined ? skipped(reason) : unchecked(reason);
}
