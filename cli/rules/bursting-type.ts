import { listOf } from "./facts";
import { NOT_APPLICABLE, type Rule } from "./rule";

/** A replica's work is steady: it applies every write of its master. */
export const burstingType: Rule = {
  severity: "warning",
  when: "a type is of the bursting family t",
  remedy: "take a type of a family m or r",
  judge({ types }) {
    if (types.length === 0) return NOT_APPLICABLE;
    const bursting = types.filter((type) => /^t\d/.test(type));
    return bursting.length === 0
      ? []
      : [
          `${listOf(bursting)} slows down once its CPU credits are used, as after a full resync, and falls behind its master`,
        ];
  },
};
