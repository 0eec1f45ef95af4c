import { listOf } from "./facts";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** A replica's load is steady: it applies every write of its master. */
export const burstableType: ReviewRule = {
  severity: "warning",
  keys: ["instanceTypes"],
  when: "a type is of the burstable family t",
  remedy: "Use types of the families m or r.",
  check({ types }) {
    if (types.length === 0) return NOT_APPLICABLE;
    const burstable = types.filter((type) => /^t\d/.test(type));
    return burstable.length === 0
      ? []
      : [
          `${listOf(burstable)} is throttled once its CPU credits are used, for example by a full resync, and then lags behind its master.`,
        ];
  },
};
