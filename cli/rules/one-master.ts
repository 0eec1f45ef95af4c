import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** An instance that has no nodes.conf yet finds the cluster only through these masters. */
export const oneMaster: ReviewRule = {
  severity: "warning",
  keys: ["masters"],
  when: "only one master is listed",
  remedy: "List more `masters`.",
  check({ config: { masters } }) {
    if (!Array.isArray(masters)) return NOT_APPLICABLE;
    return masters.length === 1 ? ["A new instance cannot join while the only listed master is down."] : [];
  },
};
