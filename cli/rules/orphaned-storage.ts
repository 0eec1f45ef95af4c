import { listOf } from "./facts";
import { type ReviewRule } from "./rule";

export const orphanedStorage: ReviewRule = {
  severity: "note",
  keys: ["deallocation"],
  when: "volumes, snapshots or images stay after the group is destroyed",
  remedy: "Delete them by hand after a destroy, or remove `deallocation`.",
  check({ config: { deallocation = {} } }) {
    const kept = Object.entries(deallocation).filter(([, isDeleted]) => !isDeleted);
    return kept.length === 0
      ? []
      : [
          `After a destroy the ${listOf(kept.map(([part]) => part))} stay and are billed. No other group uses them.`,
        ];
  },
};
