import { architectureOf } from "../../constructs/elastigroup/instance-type";
import { NOT_APPLICABLE, type Rule } from "./rule";

/** Requirements have no word for processors: the families that are excluded are all that tells them apart. */
export const unnamedArchitecture: Rule = {
  severity: "warning",
  when: "`resourceRequirements` stand for the spot types, and so nothing tells Spot which processors the image is for",
  remedy:
    "exclude the others in `excludedFamilies`, `excludedTypes` or `excludedGenerations` and ignore this rule, or name types in `instanceTypes.spot`",
  judge({ onDemand, config: { architecture, instanceTypes } }) {
    if (instanceTypes.resourceRequirements === undefined) return NOT_APPLICABLE;
    const own = architecture ?? (onDemand === undefined ? undefined : architectureOf(onDemand));
    const others = { x86_64: "Graviton's", arm64: "Intel's and AMD's" };
    return [
      own === undefined
        ? "whatever has the memory and the vCPUs may be launched, and of x86_64 and arm64 the image boots on one only"
        : `the image is for ${own}, and ${others[own]} machines with the memory and the vCPUs fit too: an instance on one never boots`,
    ];
  },
};
