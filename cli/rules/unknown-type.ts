import { memoryOf } from "../../constructs/elastigroup/instance-type";
import { listOf } from "./facts";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

export const unknownType: ReviewRule = {
  severity: "note",
  keys: ["instanceTypes"],
  when: "a type is of a family that this package does not know",
  remedy: "Check its memory and architecture yourself, and set `rootVolume.size`.",
  check: ({ types }) => {
    if (types.length === 0) return NOT_APPLICABLE;
    const unknown = types.filter((type) => memoryOf(type) === undefined);
    return unknown.length === 0
      ? []
      : [`The memory of ${listOf(unknown)} is not known here, so no rule checks it.`];
  },
};
