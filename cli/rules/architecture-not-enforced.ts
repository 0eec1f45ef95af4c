import { Architecture } from "../../constructs/elastigroup/architecture";
import { architectureOf } from "../../constructs/elastigroup/instance-type";
import { NOT_APPLICABLE, type ReviewRule } from "./rule";

/** Spot's resource requirements have no field for the architecture. Only exclusions tell processors apart. */
export const architectureNotEnforced: ReviewRule = {
  severity: "warning",
  keys: ["instanceTypes.resourceRequirements"],
  when: "`resourceRequirements` select the spot types, so nothing restricts them to the image's architecture",
  remedy:
    "Exclude the other types with `excludedFamilies`, `excludedTypes` or `excludedGenerations` and add this rule to `review.ignore`, or list types in `instanceTypes.spot`.",
  check({ onDemand, config: { architecture, instanceTypes } }) {
    if (instanceTypes.resourceRequirements === undefined) return NOT_APPLICABLE;
    const own = architecture ?? onDemand?.map(architectureOf).find((each) => each !== undefined);
    const others = own === Architecture.ARM64.value ? "x86_64 (Intel and AMD)" : "arm64 (Graviton)";
    return [
      own === undefined
        ? "Spot can launch x86_64 and arm64 types. The image boots only on one of them."
        : `The image is for ${own}, and Spot can also launch ${others} types, on which it does not boot.`,
    ];
  },
};
