import { memoryOf } from "../../constructs/elastigroup/instance-type";
import { listOf } from "./facts";
import { NOT_APPLICABLE, type Rule } from "./rule";

export const unknownType: Rule = {
  severity: "note",
  when: "a type is of a family that this package does not know",
  remedy: "see yourself that its memory and architecture fit",
  judge: ({ types }) => {
    if (types.length === 0) return NOT_APPLICABLE;
    const unknown = types.filter((type) => memoryOf(type) === undefined);
    return unknown.length === 0
      ? []
      : [`the memory of ${listOf(unknown)} is not known here, and no rule judges it`];
  },
};
