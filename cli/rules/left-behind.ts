import { listOf } from "./facts";
import { type Rule } from "./rule";

/** What Spot keeps after a destroyed group belongs to nobody. */
export const leftBehind: Rule = {
  severity: "note",
  when: "a destroyed group leaves volumes, snapshots or images behind",
  remedy: "delete them yourself after a destroy, or leave `deallocation` out",
  judge({ config: { deallocation = {} } }) {
    const kept = Object.entries(deallocation).filter(([, gone]) => !gone);
    return kept.length === 0
      ? []
      : [
          `after a destroy the ${listOf(kept.map(([part]) => part))} stay and are paid for; no group takes them up again`,
        ];
  },
};
