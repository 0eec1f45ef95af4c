import { hcl } from "../terraform/hcl";
import { type Constraint, parenthesized } from "../validation/constraint";
import { GENERATION, INSTANCE_FAMILY, INSTANCE_TYPE } from "../validation/formats";
import { MEMORY, VCPUS } from "../validation/limits";
import { pathOf } from "../validation/path";
import { type Validator } from "../validation/validator";
import { within } from "../validation/value-rules";

/**
 * Requirements for spot instances, instead of a list of types. Spot chooses among all matching types. The limits are those
 * in the provider's documentation of `spotinst_elastigroup_aws`.
 */
export interface ResourceRequirements {
  /** The minimum memory in GiB, 1 to 512. It must be enough for the data of a replica. */
  readonly minMemory: number;
  /** The maximum memory in GiB, 1 to 512. */
  readonly maxMemory: number;
  /** The minimum number of vCPUs, 1 to 64. */
  readonly minVcpus: number;
  /** The maximum number of vCPUs, 1 to 64. */
  readonly maxVcpus: number;
  /**
   * Excluded families, such as `t` or `a`.
   * @default - none
   */
  readonly excludedFamilies?: string[];
  /**
   * Excluded types, such as `m3.large`.
   * @default - none
   */
  readonly excludedTypes?: string[];
  /**
   * Excluded generations, such as `1`.
   * @default - none
   */
  readonly excludedGenerations?: string[];
}

const AT = "instanceTypes.resourceRequirements";

/** Validates each value separately. The constraints across them are among those of the group. */
export function validateResourceRequirements(requirements: ResourceRequirements, validator: Validator): void {
  validator.value(`${AT}.minMemory`, requirements.minMemory, within(MEMORY, " GiB"));
  validator.value(`${AT}.maxMemory`, requirements.maxMemory, within(MEMORY, " GiB"));
  validator.value(`${AT}.minVcpus`, requirements.minVcpus, within(VCPUS));
  validator.value(`${AT}.maxVcpus`, requirements.maxVcpus, within(VCPUS));
  validator.list(`${AT}.excludedFamilies`, requirements.excludedFamilies, INSTANCE_FAMILY);
  validator.list(`${AT}.excludedTypes`, requirements.excludedTypes, INSTANCE_TYPE);
  validator.list(`${AT}.excludedGenerations`, requirements.excludedGenerations, GENERATION);
}

/** The constraints of ranges: a minimum is at most its maximum. For a config file, one of them may be missing. */
export function rangeConstraints(requirements: { readonly [end in Ends]?: unknown }): Constraint[] {
  const ranges: [least: Ends, most: Ends][] = [
    ["minMemory", "maxMemory"],
    ["minVcpus", "maxVcpus"],
  ];
  return ranges.map(([least, most]) => {
    const [low, high] = [requirements[least], requirements[most]];
    return {
      path: [...pathOf(AT), least],
      rule: `be at most \`${most}\`${parenthesized(high)}`,
      got: low,
      among: [low, high],
      holds: !(Number(low) > Number(high)),
      condition: hcl`${low} <= ${high}`,
    };
  });
}

type Ends = "minMemory" | "maxMemory" | "minVcpus" | "maxVcpus";
